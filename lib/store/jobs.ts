import { type Selectable, sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { chunks, type Held, heldJob, type StoreContext, type Tx } from './context.ts';
import type { JobState, JobsTable } from './schema.ts';

export type NewJob = {
  readonly queue: string;
  /** What kind of work it is; the worker of the queue knows it. */
  readonly kind: string;
  /** Made from business identity: the same work never stands twice in a queue. */
  readonly key: string;
  readonly payload: unknown;
  readonly run?: string | undefined;
  /** Higher is earlier; events go before batches. */
  readonly priority?: number;
  readonly maxAttempts: number;
};

/** A job as its worker holds it. */
export type ClaimedJob = {
  readonly id: string;
  readonly kind: string;
  readonly run: string | undefined;
  readonly key: string;
  readonly payload: unknown;
  /** What the try before wrote down. */
  readonly progress: unknown;
  /** This try, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly lease: Held;
};

export type DeadRecord = { readonly record: unknown; readonly error: string; readonly fingerprint: string };

const DAY = 86_400_000;

/** The durable queue. */
export type Jobs = ReturnType<typeof jobsOf>;

export function jobsOf(context: StoreContext, keyDays: number) {
  const { db, dialect } = context;
  const settled = (lease: Held, work: (tx: Tx, job: Selectable<JobsTable>) => Promise<void>) =>
    db.transaction().execute(async (tx) => work(tx, await heldJob(tx, dialect, lease)));

  return {
    /**
     * Adds jobs in one transaction. Under a lease they are `staged` and wait for the run's release; without one they can
     * be claimed at once. A key that the queue already has adds nothing.
     */
    async add(jobs: readonly NewJob[], lease?: Held): Promise<void> {
      await db.transaction().execute(async (tx) => {
        if (lease) await heldJob(tx, dialect, lease);
        await insertJobs(tx, jobs, lease ? 'staged' : 'pending', keyDays);
      });
    },

    /**
     * Takes the next jobs of a queue under a lease: those that are due, and those whose worker let its lease run out.
     * Each claim has a new fencing token. Several processes never get the same job.
     */
    async claim(queue: string, options: { owner: string; leaseSeconds: number; limit: number }): Promise<ClaimedJob[]> {
      const now = Date.now();
      const rows = await db.transaction().execute((tx) => {
        let due = tx
          .selectFrom('jobs')
          .select('id')
          .where('queue', '=', queue)
          .where(({ or, and, eb }) =>
            or([
              and([eb('state', '=', 'pending'), eb('next_attempt_at', '<=', now)]),
              and([eb('state', '=', 'running'), eb('lease_until', '<', now)]),
            ]),
          )
          .orderBy('priority', 'desc')
          .orderBy('id')
          .limit(options.limit);
        if (dialect === 'postgres') due = due.forUpdate().skipLocked();
        return tx
          .updateTable('jobs')
          .set((eb) => ({
            state: 'running' as const,
            token: eb('token', '+', 1),
            attempts: eb('attempts', '+', 1),
            lease_owner: options.owner,
            lease_until: now + options.leaseSeconds * 1000,
            updated_at: now,
          }))
          .where('id', 'in', due)
          .returningAll()
          .execute();
      });
      return rows
        .sort((left, right) => right.priority - left.priority || (left.id < right.id ? -1 : 1))
        .map((row) => ({
          id: row.id,
          kind: row.kind,
          run: row.run ?? undefined,
          key: row.key,
          payload: JSON.parse(row.payload) as unknown,
          progress: row.progress === null ? undefined : (JSON.parse(row.progress) as unknown),
          attempt: row.attempts,
          maxAttempts: row.max_attempts,
          lease: { job: row.id, token: row.token },
        }));
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

    /** Writes down what the worker is about to do, for the try that may come after it. */
    progress: (lease: Held, progress: unknown) =>
      settled(lease, async (tx) => {
        await tx
          .updateTable('jobs')
          .set({ progress: JSON.stringify(progress), updated_at: Date.now() })
          .where('id', '=', lease.job)
          .execute();
      }),

    /** Gives the job back, to be tried after `delayMs`. An attempt that could not even reach Odoo need not count. */
    retry: (lease: Held, retry: { error: string; delayMs: number; countAttempt: boolean }) =>
      settled(lease, async (tx, job) => {
        const now = Date.now();
        await tx
          .updateTable('jobs')
          .set({
            state: 'pending',
            error: retry.error,
            attempts: retry.countAttempt ? job.attempts : job.attempts - 1,
            next_attempt_at: now + retry.delayMs,
            lease_owner: null,
            lease_until: null,
            updated_at: now,
          })
          .where('id', '=', lease.job)
          .execute();
        if (job.run)
          await tx.updateTable('runs').set({ error: retry.error, updated_at: now }).where('id', '=', job.run).execute();
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

    /** Dead letters of all queues, the newest first. */
    async deadLetters(options: { run?: string; limit?: number } = {}) {
      let query = db
        .selectFrom('jobs')
        .selectAll()
        .where('state', '=', 'dead')
        .orderBy('id', 'desc')
        .limit(options.limit ?? 100);
      if (options.run) query = query.where('run', '=', options.run);
      return (await query.execute()).map((row) => ({ ...row, payload: JSON.parse(row.payload) as unknown }));
    },

    /** Milliseconds until the queue's next job is due or its lease runs out; undefined when there is none. */
    async dueIn(queue: string): Promise<number | undefined> {
      const { rows } = await sql<{ due: number | null }>`
        select min(case when state = 'running' then lease_until + 1 else next_attempt_at end) as due
        from jobs where queue = ${queue} and state in ('pending', 'running')`.execute(db);
      const due = rows[0]?.due;
      return due === null || due === undefined ? undefined : Math.max(0, Number(due) - Date.now());
    },
  };
}

/** Inserts jobs in a state; a key that is there already is left as it is. */
export async function insertJobs(tx: Tx, jobs: readonly NewJob[], state: JobState, keyDays: number): Promise<void> {
  const now = Date.now();
  const rows = jobs.map((job) => {
    const payload = canonicalJson(job.payload);
    return {
      id: uuidv7(),
      queue: job.queue,
      kind: job.kind,
      run: job.run ?? null,
      key: job.key,
      key_expires_at: now + keyDays * DAY,
      content_hash: sha256(payload),
      state,
      priority: job.priority ?? 0,
      payload,
      progress: null,
      result: null,
      error: null,
      attempts: 0,
      max_attempts: job.maxAttempts,
      next_attempt_at: now,
      token: 0,
      lease_owner: null,
      lease_until: null,
      parent: null,
      fingerprint: null,
      created_at: now,
      updated_at: now,
    };
  });
  for (const chunk of chunks(rows))
    await tx
      .insertInto('jobs')
      .values(chunk)
      .onConflict((conflict) => conflict.columns(['queue', 'key']).doNothing())
      .execute();
}
