import { type Kysely, sql } from 'kysely';

/** Exceptions by their cause: what people see of them, and act on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('causes')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('disposition', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('products', 'text', (column) => column.notNull())
    .addColumn('locations', 'text', (column) => column.notNull())
    .addColumn('mapping', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('comment', 'text')
    .addColumn('wait_until', 'bigint')
    .addColumn('deadline_at', 'bigint', (column) => column.notNull())
    .addColumn('escalate_at', 'bigint')
    .addColumn('escalated_from', 'text', (column) => column.notNull())
    .addColumn('notice', 'text')
    .addColumn('ending', 'integer', (column) => column.notNull())
    .addColumn('first_at', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.alterTable('exceptions').addColumn('cause', 'text').execute();

  await sql`
    insert into causes
    select min(id), fingerprint, min(reason), min(disposition), min(severity), min(owner), min(action), min(message), '[]', '[]',
      null, 'open', null, null, min(deadline_at), min(deadline_at), '[]', null, 0, min(created_at), max(created_at), max(updated_at)
    from exceptions where state = 'open' group by fingerprint`.execute(db);
  await sql`
    update exceptions set cause = (select id from causes where causes.fingerprint = exceptions.fingerprint)
    where state = 'open'`.execute(db);

  const live = sql<boolean>`state in ('open', 'acknowledged', 'waiting')`;
  await db.schema.createIndex('causes_live').unique().on('causes').columns(['fingerprint']).where(live).execute();
  await db.schema.createIndex('causes_by_deadline').on('causes').columns(['deadline_at', 'id']).where(live).execute();
  await db.schema.createIndex('causes_to_escalate').on('causes').columns(['escalate_at']).where(live).execute();
  await db.schema.createIndex('causes_ended').on('causes').columns(['state', 'updated_at']).execute();
  await db.schema.createIndex('causes_to_tell').on('causes').columns(['id']).where(sql<boolean>`notice is not null`).execute();
  await db.schema.createIndex('causes_ending').on('causes').columns(['id']).where(sql<boolean>`ending = 1`).execute();
  // The first serves the figures of a cause without its lines, the second its lines in order, the third the open ones of a run.
  await db.schema.createIndex('exceptions_of_cause').on('exceptions').columns(['cause', 'state', 'run', 'quantity']).execute();
  await db.schema.createIndex('exceptions_in_order').on('exceptions').columns(['cause', 'id']).execute();
  await db.schema
    .createIndex('exceptions_open_of_run')
    .on('exceptions')
    .columns(['run'])
    .where(sql<boolean>`state = 'open'`)
    .execute();
  await db.schema.dropIndex('exceptions_open').execute();
  await db.schema.createIndex('runs_of_interface').on('runs').columns(['interface', 'created_at']).execute();
}
