import { type Kysely, type Selectable, sql } from 'kysely';
import { type Held, heldJob, lockedRun, type StoreContext, type Tx, takenJob } from './context.ts';
import { restAfterCutOff } from './cut-off.ts';
import { conflicts, insertJobs, type NewJob, type PackedJob, packJob } from './insert-jobs.ts';
import { jobOrderOf } from './job-order.ts';
import { unpackPayload } from './payload.ts';
import { redactText } from './redact.ts';
import { putTotal } from './run-totals.ts';
import type { JobState, JobsTable, Tables } from './schema.ts';

/** Events, and what is done for them, go before batches. */
export const EVENT_PRIORITY = 10;

/** A job as its worker holds it. */
export type ClaimedJob = {
  readonly id: string;
  readonly queue: string;
  readonly kind: string;
  /**
   * When it was added, or what it was made for came in (ms since 1970): its place among the jobs of its queue, however often
   * it is tried.
   */
  readonly createdAt: number;
  readonly run: string | undefined;
  readonly key: string;
  readonly payload: unknown;
  /** What the tries before wrote down, in order. */
  readonly progress: readonly unknown[];
  /** This try, from 1. A try that was cut off is not counted. */
  readonly attempt: number;
  /** How many tries were cut off: their process ended, or stood still for longer than its lease. */
  readonly cutOff: number;
  readonly maxAttempts: number;
  /** What the last try failed with. */
  readonly error: string | undefined;
  readonly lease: Held;
};

/** The durable queue. */
export type Jobs = ReturnType<typeof jobsOf>;

export function jobsOf(context: StoreContext, keyDays: number) {
  const { db, dialect } = context;
  const settled = (lease: Held, work: (tx: Tx, job: Selectable<JobsTable>) => Promise<void>) =>
    db.transaction().execute(async (tx) => work(tx, await heldJob(tx, dialect, lease)));

  /** Some jobs of a queue, locked. A literal, for SQLite takes an index on a part of a table only where the statement itself names that part. */
  const some = (tx: Tx, queue: string, state: JobState, limit: number) => {
    const query = tx.selectFrom('jobs').select(['id', 'cut_off']).where('queue', '=', queue).where('state', '=', sql.lit(state));
    return (dialect === 'postgres' ? query.forUpdate().skipLocked() : query).limit(limit);
  };

  /** Puts back jobs whose worker let its lease run out. */
  const putBack = async (tx: Tx, queue: string, limit: number): Promise<void> => {
    const now = Date.now();
    const abandoned = await some(tx, queue, 'running', limit).where('lease_until', '<', now).orderBy('lease_until').execute();
    for (const { id, cut_off } of abandoned)
      await tx
        .updateTable('jobs')
        .set((eb) => ({
          state: 'pending' as const,
          cut_off: cut_off + 1,
          attempts: eb('attempts', '-', 1),
          next_attempt_at: now + restAfterCutOff(cut_off + 1),
          lease_owner: null,
          lease_until: null,
        }))
        .where('id', '=', id)
        .execute();
  };

  /** Locks the jobs that are due. They are chosen before they are changed: PostgreSQL may ask a sub-query twice. */
  const due = async (tx: Tx, queue: string, limit: number): Promise<string[]> => {
    const pending = some(tx, queue, 'pending', limit).where('next_attempt_at', '<=', Date.now());
    const rows = await pending.orderBy('priority', 'desc').orderBy('id').execute();
    return rows.map(({ id }) => id);
  };

  /** Whether a job of the queue is in somebody's hand, however old its lease: one that was not put back is being renewed. */
  const isAtWork = async (tx: Tx, queue: string): Promise<boolean> => {
    const query = tx.selectFrom('jobs').select('id').where('queue', '=', queue).where('state', '=', sql.lit('running'));
    return (await query.limit(1).executeTakeFirst()) !== undefined;
  };

  return {
    ...jobOrderOf(context),

    /**
     * Adds jobs in one transaction. Under a run's lease they are `staged` and wait for its release; under an event's, or
     * without one, they can be claimed at once. A key that the queue already has adds nothing; those of them that it has
     * with other content are answered, and the first job stands. For a run their lines are counted as dead. The jobs stand
     * where the run or event stands in time, so that one that broke off and came again does not go over a later one.
     */
    async add(jobs: readonly NewJob[], lease?: Held): Promise<readonly string[]> {
      const packed: PackedJob[] = [];
      for (const job of jobs) packed.push(await packJob(job));
      return db.transaction().execute(async (tx) => {
        const from = lease && (await takenJob(tx, dialect, lease));
        const staged = from && from.run !== null;
        const there = await insertJobs(tx, packed, staged ? 'staged' : 'pending', keyDays, from && Number(from.created_at));
        const differing = await conflicts(tx, there);
        if (staged)
          for (const { run, queue, key, payload, packed: of } of packed) {
            if (!run) continue;
            const counted = { lines: of.lines, quantity: '0', records: recordCount(payload) };
            if (differing.includes(key)) await putTotal(tx, run, 'dead', `${queue}/${key}/${of.hash}`, counted);
            else await putTotal(tx, run, 'staged', `${queue}/${key}`, counted);
          }
        return differing;
      });
    },

    /**
     * Takes the next jobs of a queue under a lease: those that are due. One whose worker let its lease run out is due at once,
     * or after a rest where that befell it time after time. Each claim has a new fencing token. Several processes never get the same job; with `exclusive`, none gets any while
     * one of the queue is at work.
     */
    async claim(
      queue: string,
      options: { owner: string; leaseSeconds: number; limit: number; exclusive?: boolean },
    ): Promise<ClaimedJob[]> {
      const { rows, payloads, pieces } = await db.transaction().execute(async (tx) => {
        // No other claim of the queue looks until this transaction ends.
        if (options.exclusive && dialect === 'postgres') await sql`select pg_advisory_xact_lock(hashtext(${queue}))`.execute(tx);
        await putBack(tx, queue, options.limit);
        if (options.exclusive && (await isAtWork(tx, queue))) return { rows: [], payloads: [], pieces: [] };
        const ids = await due(tx, queue, options.limit);
        if (ids.length === 0) return { rows: [], payloads: [], pieces: [] };
        const now = Date.now();
        const rows = await tx
          .updateTable('jobs')
          .set((eb) => ({
            state: 'running' as const,
            token: eb('token', '+', 1),
            attempts: eb('attempts', '+', 1),
            lease_owner: options.owner,
            lease_until: now + options.leaseSeconds * 1000,
            updated_at: now,
          }))
          .where('id', 'in', ids)
          .returningAll()
          .execute();
        return {
          rows,
          payloads: await tx.selectFrom('job_payloads').selectAll().where('job', 'in', ids).execute(),
          pieces: await tx.selectFrom('job_progress').selectAll().where('job', 'in', ids).orderBy('piece').execute(),
        };
      });
      const claimed: ClaimedJob[] = [];
      for (const row of rows.sort(byUrgency))
        claimed.push({
          id: row.id,
          queue: row.queue,
          kind: row.kind,
          createdAt: Number(row.created_at),
          run: row.run ?? undefined,
          key: row.key,
          payload: await unpackPayload(payloads.find(({ job }) => job === row.id)?.body ?? 'null'),
          progress: pieces.filter(({ job }) => job === row.id).map(({ body }) => JSON.parse(body) as unknown),
          attempt: row.attempts,
          cutOff: row.cut_off,
          maxAttempts: row.max_attempts,
          error: row.error ?? undefined,
          lease: { job: row.id, token: row.token },
        });
      return claimed;
    },

    /** Keeps the lease for so many seconds from now. */
    heartbeat: (lease: Held, seconds: number) =>
      settled(lease, async (tx) => {
        await tx
          .updateTable('jobs')
          .set({ lease_until: Date.now() + seconds * 1000 })
          .where('id', '=', lease.job)
          .execute();
      }),

    /** Writes down a further piece of what the worker is doing; a try that comes after it gets all of them. */
    async progress(lease: Held, piece: unknown): Promise<void> {
      const body = JSON.stringify(piece);
      await settled(lease, async (tx) => {
        const last = await tx
          .selectFrom('job_progress')
          .select(({ fn }) => fn.max('piece').as('piece'))
          .where('job', '=', lease.job)
          .executeTakeFirst();
        await tx
          .insertInto('job_progress')
          .values({ job: lease.job, piece: (last?.piece ?? 0) + 1, body })
          .execute();
      });
    },

    /**
     * Gives the job back, to be tried after `delayMs`; `error` is shown until it is. An attempt that could not even reach
     * Odoo, or was called off, need not count.
     */
    retry: (lease: Held, retry: { error?: string; delayMs: number; countAttempt: boolean }) =>
      settled(lease, async (tx, job) => {
        const now = Date.now();
        const failure = retry.error === undefined ? {} : { error: redactText(retry.error) };
        await tx
          .updateTable('jobs')
          .set({
            ...failure,
            state: 'pending',
            attempts: retry.countAttempt ? job.attempts : job.attempts - 1,
            next_attempt_at: now + retry.delayMs,
            lease_owner: null,
            lease_until: null,
            updated_at: now,
          })
          .where('id', '=', lease.job)
          .execute();
        if (job.run && retry.error !== undefined) {
          await lockedRun(tx, dialect, job.run);
          await tx
            .updateTable('runs')
            .set({ ...failure, updated_at: now })
            .where('id', '=', job.run)
            .execute();
        }
      }),

    /** How many jobs of a queue stand in each state. */
    async counts(queue: string): Promise<Readonly<Partial<Record<JobState, number>>>> {
      const rows = await db
        .selectFrom('jobs')
        .select(['state', ({ fn }) => fn.countAll().as('count')])
        .where('queue', '=', queue)
        .groupBy('state')
        .execute();
      return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
    },

    /** What the tries of a job wrote down, in order. */
    async pieces(job: string): Promise<unknown[]> {
      const rows = await db.selectFrom('job_progress').select('body').where('job', '=', job).orderBy('piece').execute();
      return rows.map(({ body }) => JSON.parse(body) as unknown);
    },

    /** What a job is about. */
    async payload(job: string): Promise<unknown> {
      const row = await db.selectFrom('job_payloads').select('body').where('job', '=', job).executeTakeFirst();
      return row && unpackPayload(row.body);
    },

    /**
     * Milliseconds until the queue's next job is due or a lease runs out; undefined when there is none. With `exclusive`
     * nothing is due while a job is at work.
     */
    async dueIn(queue: string, exclusive = false): Promise<number | undefined> {
      const { rows } = await sql<{ due: number | null; abandoned: number | null }>`
        select (select min(next_attempt_at) from jobs where queue = ${queue} and state = 'pending') as due,
          (select min(lease_until) + 1 from jobs where queue = ${queue} and state = 'running') as abandoned`.execute(db);
      const { due, abandoned } = rows[0] ?? {};
      const moments = [exclusive && abandoned ? null : due, abandoned].filter((at) => at !== null && at !== undefined);
      return moments.length === 0 ? undefined : Math.max(0, Math.min(...moments.map(Number)) - Date.now());
    },
  };
}

/** Ends all leases, so that what a process that is gone had in hand is claimed at once. */
export async function endLeases(db: Kysely<Tables>): Promise<void> {
  await db.updateTable('jobs').set({ lease_until: 0 }).where('state', '=', sql.lit('running')).execute();
}

/** What makes a job that ended claimable again, with all its tries. Its token grows on, so that late workers stay out. */
export function afresh(now: number) {
  return { state: 'pending' as const, attempts: 0, cut_off: 0, next_attempt_at: now, error: null, updated_at: now };
}

type Urgency = { readonly priority: number; readonly id: string };

/** The higher priority first, then the older. */
function byUrgency(left: Urgency, right: Urgency): number {
  return right.priority - left.priority || (left.id < right.id ? -1 : 1);
}

function recordCount(payload: unknown): number {
  const { records } = (payload ?? {}) as { records?: unknown };
  return Array.isArray(records) ? records.length : 0;
}
