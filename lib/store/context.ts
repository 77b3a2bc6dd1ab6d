import type { Kysely, Transaction } from 'kysely';
import type { Lease } from '../canonical/envelope.ts';
import { StoreError } from './errors.ts';
import type { Tables } from './schema.ts';

export type Dialect = 'sqlite' | 'postgres';
export type StoreContext = { readonly db: Kysely<Tables>; readonly dialect: Dialect };
export type Tx = Transaction<Tables>;

/** Values a statement may carry: SQLite takes 32,766, PostgreSQL 65,535. */
const MOST_VALUES = 30_000;

/** Rows in chunks that one statement can insert, and that SQLite, which blocks while it works, inserts within a few milliseconds. */
export function* chunks<Row extends object>(rows: readonly Row[], most = 250): Generator<Row[]> {
  const size = Math.max(1, Math.min(most, Math.floor(MOST_VALUES / Math.max(1, Object.keys(rows[0] ?? {}).length))));
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

/** What a caller holds of a job: enough to find it, and to prove that it is still the caller's. */
export type Held = Pick<Lease, 'job' | 'token'>;

/**
 * The job that a lease holds, locked until the transaction ends. Throws StoreError `stale-lease` when another worker
 * has taken it over or it has ended. Transactions lock in one order, job, run, audit, so that none waits for another in a circle.
 */
export async function heldJob(tx: Tx, dialect: Dialect, lease: Held) {
  const query = tx.selectFrom('jobs').selectAll().where('id', '=', lease.job);
  const job = await (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
  if (job?.state !== 'running' || job.token !== lease.token) throw staleLease(lease);
  return job;
}

/**
 * The jobs that leases hold or have settled, locked likewise, by id: the branches of a flow take an event over one after
 * the other, and the first one may have settled it. With `released` also those that released their run, for what no total of
 * it waits for. Throws StoreError `stale-lease` when one was claimed anew since.
 */
export async function takenJobs(tx: Tx, dialect: Dialect, leases: readonly Held[], { released = false } = {}) {
  const ids = leases.map(({ job }) => job);
  const query = tx.selectFrom('jobs').selectAll().where('id', 'in', ids).orderBy('id');
  const jobs = await (dialect === 'postgres' ? query.forUpdate() : query).execute();
  return leases.map((lease) => {
    const job = jobs.find(({ id }) => id === lease.job);
    const settled = job?.state === 'done' && (job.run === null || released);
    if (!job || job.token !== lease.token || (job.state !== 'running' && !settled)) throw staleLease(lease);
    return job;
  });
}

/** The one job that a lease holds or has settled, likewise. */
export async function takenJob(tx: Tx, dialect: Dialect, lease: Held, options: { released?: boolean } = {}) {
  const [job] = await takenJobs(tx, dialect, [lease], options);
  if (!job) throw staleLease(lease);
  return job;
}

function staleLease({ job }: Held): StoreError {
  return new StoreError(
    'stale-lease',
    `The lease on job ${job} has run out and the job went on without this worker; its late result is not taken.`,
  );
}

/** The run, locked until the transaction ends, so that what is counted for it is counted one after the other. */
export async function lockedRun(tx: Tx, dialect: Dialect, run: string) {
  const query = tx.selectFrom('runs').selectAll().where('id', '=', run);
  return (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
}
