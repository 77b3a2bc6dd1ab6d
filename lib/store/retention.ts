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

/** Items of versions; each may stand for thousands of lines. */
const ITEMS_AT_ONCE = 50;

/** States that a version is in for good, unless somebody releases it again. */
const OVER = ['superseded', 'refused', 'rolled-back'] as const;

/** States of versions that what they were compared with, or took the place of, is still needed for. */
const IN_USE = ['received', 'validated', 'awaiting-approval', 'approved', 'releasing', 'released'] as const;

/**
 * Takes away what has been kept long enough: the raw lines of ended runs, what versions that are over wanted, finished jobs,
 * and turns that are over. Runs, their totals, their exceptions, the versions themselves, dead letters and the audit stay. Runs that were being received when a process died, a day ago or longer,
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
  const items = db
    .selectFrom('version_items')
    .select(['version', 'product', 'location'])
    .where('version', 'in', versionsOver(db, before))
    .limit(ITEMS_AT_ONCE)
    .$asTuple('version', 'product', 'location');
  await someAtATime(
    db.deleteFrom('version_items').where(({ eb, refTuple }) => eb(refTuple('version', 'product', 'location'), 'in', items)),
  );
  await db.deleteFrom('version_previews').where('version', 'in', versionsOver(db, before)).execute();
  const expired = db.selectFrom('effects').select(['queue', 'key']).where('expires_at', '<', now).limit(JOBS_AT_ONCE);
  await someAtATime(
    db.deleteFrom('effects').where(({ eb, refTuple }) => eb(refTuple('queue', 'key'), 'in', expired.$asTuple('queue', 'key'))),
  );
  await db.deleteFrom('turns').where('ends_at', '<', before).execute();
  for (const state of ['done', 'discarded'] as const) await someAtATime(db.deleteFrom('jobs').where('id', 'in', finished(state)));
}

/** Versions that have been over since before a time, but those that one in use was compared with, or returns to. */
function versionsOver(db: Kysely<Tables>, before: number) {
  return db
    .selectFrom('versions')
    .select('id')
    .where('state', 'in', OVER)
    .where('updated_at', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('versions as used')
            .select('used.id')
            .where('used.state', 'in', IN_USE)
            .where(({ eb, or }) =>
              or([eb('used.baseline', '=', eb.ref('versions.id')), eb('used.previous', '=', eb.ref('versions.id'))]),
            ),
        ),
      ),
    );
}

/** Repeats a deletion of a few rows until there are none left, and gives way to other work in between. */
async function someAtATime<Table extends keyof Tables>(deletion: DeleteQueryBuilder<Tables, Table, DeleteResult>): Promise<void> {
  while ((await deletion.executeTakeFirstOrThrow()).numDeletedRows > 0n) await nextTurn();
}
