import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { appendAudit } from './audit.ts';
import { closeRun } from './close-run.ts';
import { type Held, heldJob, lockedRun, type StoreContext } from './context.ts';
import { expireOvertaken } from './desk/upkeep.ts';
import { insertJobs, type NewJob, packJob } from './insert-jobs.ts';
import { packRows, type Row, unpackRows } from './part-rows.ts';
import { countedAs, type Redriving, redriveRun, restartRedrive } from './redrive-run.ts';
import { replayRun } from './replay-run.ts';
import { clearCounts, putTotal, runTotals } from './run-totals.ts';
import type { RunState, Tables } from './schema.ts';
import { type RunSummary, summaryOf } from './summary.ts';
import { imbalance, type Stage } from './totals.ts';
import { approvalOf } from './versions/approval.ts';

export type NewRun = {
  readonly id: string;
  readonly interface: string;
  readonly source: string;
  readonly requester?: string | undefined;
};
export type Accepted = {
  readonly lines: number;
  readonly contentHash: string;
  readonly queue: string;
  readonly maxAttempts: number;
  /** A run is accepted once under its key; the run's own id where there is none. */
  readonly key?: string | undefined;
};

/** The mappings (`id@version`, in order) and the rules that records went through. */
export type WentThrough = { readonly mappings?: readonly string[]; readonly rules?: readonly string[] };

/** How a run of late stands. Times are ms since 1970. */
export type RecentRun = {
  readonly run: string;
  readonly state: RunState;
  readonly version: string | null;
  readonly error: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

const MOST_RECENT = 100;
const CLEARED_AT_ONCE = 200;

/** Runs: what was received, how far it came, how it ended. */
export type Runs = ReturnType<typeof runsOf>;

export function runsOf(context: StoreContext, keyDays: number) {
  const { db, dialect } = context;
  const versions = approvalOf(context, keyDays);
  return {
    /** Begins to receive a run. It does not exist for anybody until it is accepted. */
    async begin(run: NewRun): Promise<void> {
      const now = Date.now();
      await db
        .insertInto('runs')
        .values({
          id: run.id,
          interface: run.interface,
          source: run.source,
          requester: run.requester ?? null,
          state: 'receiving',
          lines: 0,
          parts: 0,
          content_hash: null,
          version: null,
          handed_over: 0,
          replays: 0,
          error: null,
          created_at: now,
          updated_at: now,
        })
        .execute();
    },

    /** Adds the next part of what is received. */
    async addPart(run: string, part: number, rows: readonly Row[]): Promise<void> {
      const body = await packRows(rows);
      await db.insertInto('run_parts').values({ run, part, body }).execute();
    },

    /**
     * Accepts a run: from here on it is never lost. Its intake job and its first audit entry stand with it. Where one was
     * accepted under its key before, that one is answered, and this one is forgotten.
     */
    async accept(run: NewRun, { lines, contentHash, queue, maxAttempts, key = run.id }: Accepted): Promise<RunSummary> {
      const accepted = await db.transaction().execute(async (tx) => {
        const { parts } = await tx
          .selectFrom('run_parts')
          .select(({ fn }) => fn.countAll().as('parts'))
          .where('run', '=', run.id)
          .executeTakeFirstOrThrow();
        const values = {
          state: 'received' as const,
          lines,
          parts: Number(parts),
          content_hash: contentHash,
          updated_at: Date.now(),
        };
        const update = tx.updateTable('runs').set(values).where('id', '=', run.id).where('state', '=', 'receiving');
        const { numUpdatedRows } = await update.executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) throw new Error(`run ${run.id} was accepted before, or never begun`);
        const job: NewJob = {
          queue,
          kind: 'intake',
          key,
          run: run.id,
          payload: { interface: run.interface, parts: Number(parts) },
          maxAttempts,
        };
        const there = await insertJobs(tx, [await packJob(job)], 'pending', keyDays);
        if (there.length > 0) {
          await tx.deleteFrom('runs').where('id', '=', run.id).execute();
          return runUnder(tx, queue, key);
        }
        const detail = { interface: run.interface, source: run.source, lines, contentHash };
        await appendAudit(tx, dialect, {
          who: run.requester ?? run.source,
          what: 'run.accepted',
          subject: run.id,
          run: run.id,
          detail,
        });
        return run.id;
      });
      const summary = accepted && (await summaryOf(context, accepted));
      if (!summary) throw new Error(`run ${run.id} is gone`);
      return summary;
    },

    /** The run that was accepted under a key of a queue. */
    async acceptedUnder(queue: string, key: string): Promise<RunSummary | undefined> {
      const run = await runUnder(db, queue, key);
      return run ? summaryOf(context, run) : undefined;
    },

    /** The runs of an interface that were accepted at `from` (ms since 1970) or later, the newest first; a hundred at most. */
    async since(name: string, from: number): Promise<RecentRun[]> {
      const rows = await db
        .selectFrom('runs')
        .select(['id', 'state', 'version', 'error', 'created_at', 'updated_at'])
        .where('created_at', '>=', from)
        .where('interface', '=', name)
        .where('state', '!=', 'receiving')
        .orderBy('created_at', 'desc')
        .limit(MOST_RECENT)
        .execute();
      return rows.map(({ id, created_at, updated_at, ...row }) => ({
        ...{ run: id, ...row },
        ...{ createdAt: Number(created_at), updatedAt: Number(updated_at) },
      }));
    },

    /** Forgets a run that was not accepted. */
    async discard(run: string): Promise<void> {
      await db.deleteFrom('runs').where('id', '=', run).where('state', '=', 'receiving').execute();
    },

    /** The rows of a part. */
    async part(run: string, part: number): Promise<Row[]> {
      const row = await db
        .selectFrom('run_parts')
        .select('body')
        .where('run', '=', run)
        .where('part', '=', part)
        .executeTakeFirst();
      return row ? await unpackRows(row.body) : [];
    },

    /**
     * Clears what an earlier emission of the run left, so that it can be emitted again from its first part. Its
     * exceptions go some at a time: deleting many at once would hold up the event loop.
     */
    async restart(lease: Held): Promise<void> {
      const { kind } = await db.selectFrom('jobs').select('kind').where('id', '=', lease.job).executeTakeFirstOrThrow();
      if (kind === 'redrive') return restartRedrive(context, lease);
      const run = await db.transaction().execute(async (tx) => {
        const { run } = await heldJob(tx, dialect, lease);
        if (run) await clearCounts(tx, run);
        return run;
      });
      if (!run) return;
      const clearSome = () =>
        db.transaction().execute(async (tx) => {
          await heldJob(tx, dialect, lease);
          const some = tx.selectFrom('exceptions').select('id').where('run', '=', run).limit(CLEARED_AT_ONCE);
          return (await tx.deleteFrom('exceptions').where('id', 'in', some).executeTakeFirstOrThrow()).numDeletedRows;
        });
      while ((await clearSome()) > 0n) await nextTurn();
    },

    /** Gives a run that has ended to the flow again (`lib/store/replay-run.ts`). */
    replay: (run: string, who: string) => replayRun(context, run, who),

    /** Gives a run's held lines of some causes to the flow again (`lib/store/redrive-run.ts`). */
    redrive: (run: string, asked: Redriving) => redriveRun(context, keyDays, run, asked),

    /** What the run's work is keyed by. A replay has a key of its own: what was done the first time does not stand for it. */
    async key(run: string): Promise<string> {
      const { replays } = await db.selectFrom('runs').select('replays').where('id', '=', run).executeTakeFirstOrThrow();
      return replays === 0 ? run : `${run}/replay-${replays}`;
    },

    /**
     * Notes what a step counted for one part; counted again, it takes the place of what was there. It also shows that the
     * run goes on, so its lease is kept for `leaseSeconds` more.
     */
    async total(
      lease: Held,
      stage: Stage,
      part: string,
      counted: { lines: number; quantity: string; records?: number },
      leaseSeconds = 120,
    ): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const job = await heldJob(tx, dialect, lease);
        if (job.run) await putTotal(tx, job.run, stage, countedAs(job, part), { records: 0, ...counted });
        const until = Date.now() + leaseSeconds * 1000;
        await tx
          .updateTable('jobs')
          .set({ lease_until: until })
          .where('id', '=', lease.job)
          .where('lease_until', '<', until)
          .execute();
      });
    },

    /**
     * Notes that the write side has staged everything that the run will do, and what its records went through before. Where
     * several nodes write, it is what went before any of them.
     */
    async handOver(lease: Held, { mappings = [], rules = [] }: WentThrough = {}): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const job = await heldJob(tx, dialect, lease);
        const row = job.run && (await lockedRun(tx, dialect, job.run));
        if (!row) return;
        const joined = (before: string | null, more: readonly string[]) =>
          JSON.stringify([...new Set([...namesIn(before), ...more])]);
        await tx
          .updateTable('runs')
          .set({ handed_over: 1, mappings: joined(row.mappings, mappings), rules: joined(row.rules, rules) })
          .where('id', '=', row.id)
          .execute();
      });
    },

    /**
     * Releases a run, in one transaction: when everything is handed over and the control totals balance, its staged jobs
     * can be claimed and the job that gave it to the flow is done. Until then it waits, and nothing of it reaches Odoo. A
     * run whose version waits for approval is released to that: its staged jobs stay as they are.
     */
    async release(lease: Held): Promise<'released' | 'waiting'> {
      const released = await db.transaction().execute(async (tx) => {
        const job = await heldJob(tx, dialect, lease);
        const now = Date.now();
        const run = job.run ?? '';
        const row = await lockedRun(tx, dialect, run);
        if (!row?.handed_over) return undefined;
        const total = await runTotals(tx, run);
        const wrong = imbalance(row.lines, total);
        if (wrong) {
          await tx
            .updateTable('runs')
            .set({ error: `Control totals do not add up yet: ${wrong}.` })
            .where('id', '=', run)
            .execute();
          return undefined;
        }
        const waits = (await versions.standing(tx, run)) === 'waits';
        if (!waits)
          await tx
            .updateTable('jobs')
            .set({ state: 'pending', next_attempt_at: now, updated_at: now })
            .where('run', '=', run)
            .where('state', '=', 'staged')
            .execute();
        await tx
          .updateTable('jobs')
          .set({ state: 'done', error: null, lease_owner: null, lease_until: null, updated_at: now })
          .where('id', '=', lease.job)
          .execute();
        const state = waits ? ('awaiting-approval' as const) : ('applying' as const);
        await tx.updateTable('runs').set({ state, error: null, updated_at: now }).where('id', '=', run).execute();
        if (waits) return {};
        const mappings = namesIn(row.mappings);
        const detail = {
          mappings,
          rules: namesIn(row.rules),
          accepted: total('accepted'),
          held: total('held/mapping', 'held/validation'),
          rejected: total('rejected/mapping', 'rejected/validation'),
        };
        const mapping = mappings.at(-1);
        await appendAudit(tx, dialect, { who: 'planbridge', what: 'run.released', subject: run, run, mapping, detail });
        await closeRun(tx, dialect, run);
        return { interface: row.interface };
      });
      // What this breaks off with is done by the desk's upkeep; the run is released all the same.
      if (released?.interface !== undefined) await expireOvertaken(context, released.interface).catch(() => undefined);
      return released ? 'released' : 'waiting';
    },

    summary: (run: string) => summaryOf(context, run),

    /** The latest runs, the newest first. */
    async latest(limit = 20): Promise<string[]> {
      const rows = await db
        .selectFrom('runs')
        .select('id')
        .where('state', '!=', 'receiving')
        .orderBy('created_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },
  };
}

async function runUnder(db: Kysely<Tables>, queue: string, key: string): Promise<string | undefined> {
  const job = await db.selectFrom('jobs').select('run').where('queue', '=', queue).where('key', '=', key).executeTakeFirst();
  return job?.run ?? undefined;
}

function namesIn(list: string | null): string[] {
  return list === null ? [] : (JSON.parse(list) as string[]);
}
