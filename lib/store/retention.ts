import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DeleteQueryBuilder, type DeleteResult, type Kysely, sql } from 'kysely';
import type { StoreContext } from './context.ts';
import { ENDED, type Tables } from './schema.ts';

const DAY = 86_400_000;

/** Jobs, or parts of a thousand rows each, that are taken away in one statement. */
const JOBS_AT_ONCE = 200;
const PARTS_AT_ONCE = 5;

/** Number of PostgreSQL's advisory lock that an instance has while it sweeps; any fixed number serves. */
const SWEEP_LOCK = 727_002;

/**
 * Takes away what has been kept long enough: the raw lines of ended runs, finished jobs, and turns that are over. Runs, their totals, their
 * exceptions, dead letters and the audit stay. Runs that were being received when a process died, a day ago or longer,
 * go whole: nobody was told that they were accepted.
 *
 * Of several instances on one PostgreSQL store one sweeps at a time; the others leave it to that one.
 */
export async function sweep({ db, dialect }: StoreContext, keepDays: number): Promise<void> {
  if (dialect === 'sqlite') return takeAway(db, keepDays);
  // The lock is the connection's: when the process ends in between, it ends with it.
  await db.connection().execute(async (one) => {
    const { rows } = await sql<{ ours: boolean }>`select pg_try_advisory_lock(${sql.lit(SWEEP_LOCK)}) as ours`.execute(one);
    if (!rows[0]?.ours) return;
    try {
      await takeAway(one, keepDays);
    } finally {
      await sql`select pg_advisory_unlock(${sql.lit(SWEEP_LOCK)})`.execute(one);
    }
  });
}

async function takeAway(db: Kysely<Tables>, keepDays: number): Promise<void> {
  const now = Date.now();
  const before = now - keepDays * DAY;
  const partsOf = (runs: ReturnType<typeof unfinished>) =>
    db
      .deleteFrom('run_parts')
      .where(({ eb, refTuple }) =>
        eb(
          refTuple('run', 'part'),
          'in',
          db
            .selectFrom('run_parts')
            .select(['run', 'part'])
            .where('run', 'in', runs)
            .limit(PARTS_AT_ONCE)
            .$asTuple('run', 'part'),
        ),
      );
  const unfinished = () =>
    db
      .selectFrom('runs')
      .select('id')
      .where('state', 'in', ['receiving'])
      .where('updated_at', '<', now - DAY);
  const ended = db.selectFrom('runs').select('id').where('state', 'in', ENDED).where('updated_at', '<', before);
  const finished = (state: 'done' | 'discarded') =>
    db
      .selectFrom('jobs')
      .select('id')
      .where('state', '=', sql.lit(state))
      .where('updated_at', '<', before)
      .where('key_expires_at', '<', now)
      .limit(JOBS_AT_ONCE);

  await someAtATime(partsOf(unfinished()));
  await db.deleteFrom('runs').where('id', 'in', unfinished()).execute();
  await someAtATime(partsOf(ended));
  const expired = db.selectFrom('effects').select(['queue', 'key']).where('expires_at', '<', now).limit(JOBS_AT_ONCE);
  await someAtATime(
    db.deleteFrom('effects').where(({ eb, refTuple }) => eb(refTuple('queue', 'key'), 'in', expired.$asTuple('queue', 'key'))),
  );
  await db.deleteFrom('turns').where('ends_at', '<', before).execute();
  for (const state of ['done', 'discarded'] as const) await someAtATime(db.deleteFrom('jobs').where('id', 'in', finished(state)));
}

/** Repeats a deletion of a few rows until there are none left, and gives way to other work in between. */
async function someAtATime<Table extends keyof Tables>(deletion: DeleteQueryBuilder<Tables, Table, DeleteResult>): Promise<void> {
  while ((await deletion.executeTakeFirstOrThrow()).numDeletedRows > 0n) await nextTurn();
}
