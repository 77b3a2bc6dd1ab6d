import { type Kysely, sql } from 'kysely';

/** Runs with their parts and totals, jobs with their progress, exceptions, audit. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('runs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('interface', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('requester', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('lines', 'integer', (column) => column.notNull())
    .addColumn('parts', 'integer', (column) => column.notNull())
    .addColumn('content_hash', 'text')
    .addColumn('version', 'text')
    .addColumn('handed_over', 'integer', (column) => column.notNull())
    .addColumn('replays', 'integer', (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('runs_by_time').on('runs').columns(['created_at']).execute();

  await db.schema
    .createTable('run_parts')
    .addColumn('run', 'text', (column) => column.notNull().references('runs.id').onDelete('cascade'))
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('run_parts_key', ['run', 'part'])
    .execute();

  await db.schema
    .createTable('run_totals')
    .addColumn('run', 'text', (column) => column.notNull().references('runs.id').onDelete('cascade'))
    .addColumn('stage', 'text', (column) => column.notNull())
    .addColumn('part', 'text', (column) => column.notNull())
    .addColumn('lines', 'integer', (column) => column.notNull())
    .addColumn('quantity', 'text', (column) => column.notNull())
    .addColumn('records', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('run_totals_key', ['run', 'stage', 'part'])
    .execute();

  await db.schema
    .createTable('jobs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('queue', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('run', 'text', (column) => column.references('runs.id').onDelete('cascade'))
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('key_expires_at', 'bigint', (column) => column.notNull())
    .addColumn('content_hash', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('priority', 'integer', (column) => column.notNull())
    .addColumn('result', 'text')
    .addColumn('error', 'text')
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('cut_off', 'integer', (column) => column.notNull())
    .addColumn('max_attempts', 'integer', (column) => column.notNull())
    .addColumn('next_attempt_at', 'bigint', (column) => column.notNull())
    .addColumn('token', 'integer', (column) => column.notNull())
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', 'bigint')
    .addColumn('parent', 'text')
    .addColumn('fingerprint', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('jobs_by_key').unique().on('jobs').columns(['queue', 'key']).execute();
  // One index for each question that workers ask all the time; finished jobs, kept for weeks, are in none of them.
  const inState = (state: string) => sql<boolean>`state = ${sql.lit(state)}`;
  await db.schema
    .createIndex('jobs_to_claim')
    .on('jobs')
    .columns(['queue', 'priority desc', 'id', 'next_attempt_at'])
    .where(inState('pending'))
    .execute();
  await db.schema.createIndex('jobs_due').on('jobs').columns(['queue', 'next_attempt_at']).where(inState('pending')).execute();
  await db.schema.createIndex('jobs_leased').on('jobs').columns(['queue', 'lease_until']).where(inState('running')).execute();
  await db.schema.createIndex('jobs_dead').on('jobs').columns(['id', 'run']).where(inState('dead')).execute();
  await db.schema.createIndex('jobs_finished').on('jobs').columns(['updated_at']).where(inState('done')).execute();
  await db.schema.createIndex('jobs_of_run').on('jobs').columns(['run', 'state']).execute();

  // Apart from the jobs, for SQLite writes a whole row again whenever a claim or a heartbeat changes one number in it.
  await db.schema
    .createTable('job_payloads')
    .addColumn('job', 'text', (column) => column.primaryKey().references('jobs.id').onDelete('cascade'))
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('job_progress')
    .addColumn('job', 'text', (column) => column.notNull().references('jobs.id').onDelete('cascade'))
    .addColumn('piece', 'integer', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('job_progress_key', ['job', 'piece'])
    .execute();

  await db.schema
    .createTable('effects')
    .addColumn('queue', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('content_hash', 'text', (column) => column.notNull())
    .addColumn('record', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('effects_key', ['queue', 'key'])
    .execute();
  await db.schema.createIndex('effects_expired').on('effects').columns(['expires_at']).execute();

  await db.schema
    .createTable('breakers')
    .addColumn('server', 'text', (column) => column.primaryKey())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('open_until', 'bigint', (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('exceptions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('run', 'text', (column) => column.references('runs.id').onDelete('cascade'))
    .addColumn('line', 'integer')
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('stage', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('disposition', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('field', 'text')
    .addColumn('value', 'text')
    .addColumn('record', 'text', (column) => column.notNull())
    .addColumn('product', 'text')
    .addColumn('location', 'text')
    .addColumn('period', 'text')
    .addColumn('quantity', 'text')
    .addColumn('source', 'text')
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('deadline_at', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('exceptions_once')
    .unique()
    .on('exceptions')
    .columns(['scope', 'subject', 'reason', 'stage'])
    .execute();
  await db.schema.createIndex('exceptions_of_run').on('exceptions').columns(['run', 'line', 'id']).execute();
  await db.schema.createIndex('exceptions_open').on('exceptions').columns(['state', 'owner', 'fingerprint']).execute();

  await db.schema
    .createTable('audit')
    .addColumn('seq', 'bigint', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('who', 'text', (column) => column.notNull())
    .addColumn('what', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('run', 'text')
    .addColumn('mapping', 'text')
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_of_run').on('audit').columns(['run', 'seq']).execute();
}
