import { sql } from 'kysely';
import { appendAudit } from './audit.ts';
import { type Held, heldJob, type StoreContext, type Tx } from './context.ts';
import { insertJobs, type NewJob } from './jobs.ts';
import { type RunSummary, summaryOf } from './summary.ts';
import { imbalance, type Stage, totalsOf } from './totals.ts';

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
};
export type Row = Readonly<Record<string, unknown>>;

/** Runs: what was received, how far it came, how it ended. */
export type Runs = ReturnType<typeof runsOf>;

export function runsOf(context: StoreContext, keyDays: number) {
  const { db, dialect } = context;
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
          error: null,
          created_at: now,
          updated_at: now,
        })
        .execute();
    },

    /** Adds the next part of what is received. */
    async addPart(run: string, part: number, rows: readonly Row[]): Promise<void> {
      await db
        .insertInto('run_parts')
        .values({ run, part, body: packRows(rows) })
        .execute();
    },

    /** Accepts a run: from here on it is never lost. Its intake job and its first audit entry stand with it. */
    async accept(run: NewRun, { lines, contentHash, queue, maxAttempts }: Accepted): Promise<RunSummary> {
      await db.transaction().execute(async (tx) => {
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
        await tx.updateTable('runs').set(values).where('id', '=', run.id).execute();
        const job: NewJob = {
          queue,
          kind: 'intake',
          key: run.id,
          run: run.id,
          payload: { interface: run.interface, parts: Number(parts) },
          maxAttempts,
        };
        await insertJobs(tx, [job], 'pending', keyDays);
        const detail = { interface: run.interface, source: run.source, lines, contentHash };
        await appendAudit(tx, dialect, {
          who: run.requester ?? run.source,
          what: 'run.accepted',
          subject: run.id,
          run: run.id,
          detail,
        });
      });
      const summary = await summaryOf(context, run.id);
      if (!summary) throw new Error(`run ${run.id} is gone`);
      return summary;
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
      return row ? unpackRows(row.body) : [];
    },

    /** Clears what an earlier emission of the run left, so that it can be emitted again from its first part. */
    async restart(lease: Held): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const run = (await heldJob(tx, dialect, lease)).run ?? '';
        await tx.deleteFrom('run_totals').where('run', '=', run).execute();
        await tx.deleteFrom('exceptions').where('run', '=', run).execute();
        await tx.deleteFrom('jobs').where('run', '=', run).where('state', '=', 'staged').execute();
        await tx.updateTable('runs').set({ handed_over: 0 }).where('id', '=', run).execute();
      });
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
        if (job.run) await putTotal(tx, job.run, stage, part, { records: 0, ...counted });
        const until = Date.now() + leaseSeconds * 1000;
        await tx
          .updateTable('jobs')
          .set({ lease_until: until })
          .where('id', '=', lease.job)
          .where('lease_until', '<', until)
          .execute();
      });
    },

    /** Notes that the write side has staged everything that the run will do. */
    async handOver(lease: Held): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const job = await heldJob(tx, dialect, lease);
        if (job.run) await tx.updateTable('runs').set({ handed_over: 1 }).where('id', '=', job.run).execute();
      });
    },

    /**
     * Releases a run, in one transaction: when everything is handed over and the control totals balance, its staged jobs
     * can be claimed and its intake job is done. Until then it waits, and nothing of it reaches Odoo.
     */
    async release(lease: Held): Promise<'released' | 'waiting'> {
      return db.transaction().execute(async (tx) => {
        const job = await heldJob(tx, dialect, lease);
        const now = Date.now();
        const run = job.run ?? '';
        const row = await tx.selectFrom('runs').select(['handed_over', 'lines']).where('id', '=', run).executeTakeFirst();
        if (!row?.handed_over) return 'waiting';
        const total = totalsOf(await tx.selectFrom('run_totals').selectAll().where('run', '=', run).execute());
        const wrong = imbalance(row.lines, total);
        if (wrong) {
          await tx
            .updateTable('runs')
            .set({ error: `control totals do not add up yet: ${wrong}` })
            .where('id', '=', run)
            .execute();
          return 'waiting';
        }
        await tx
          .updateTable('jobs')
          .set({ state: 'pending', next_attempt_at: now, updated_at: now })
          .where('run', '=', run)
          .where('state', '=', 'staged')
          .execute();
        await tx
          .updateTable('jobs')
          .set({ state: 'done', lease_until: null, updated_at: now })
          .where('id', '=', lease.job)
          .execute();
        await tx.updateTable('runs').set({ state: 'applying', error: null, updated_at: now }).where('id', '=', run).execute();
        const detail = {
          accepted: total('accepted'),
          held: total('held/mapping', 'held/validation'),
          rejected: total('rejected/mapping', 'rejected/validation'),
        };
        await appendAudit(tx, dialect, { who: 'planbridge', what: 'run.released', subject: run, run, detail });
        await closeRun(tx, run);
        return 'released';
      });
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

export async function putTotal(
  tx: Tx,
  run: string,
  stage: Stage,
  part: string,
  total: { lines: number; quantity: string; records: number },
): Promise<void> {
  await tx
    .insertInto('run_totals')
    .values({ run, stage, part, ...total })
    .onConflict((conflict) => conflict.columns(['run', 'stage', 'part']).doUpdateSet(total))
    .execute();
}

/** Closes a run that is being applied once nothing of it is left to do. */
export async function closeRun(tx: Tx, run: string): Promise<void> {
  const { rows } = await sql<{ open: number }>`
    select count(*) as open from jobs where run = ${run} and state in ('staged', 'pending', 'running')`.execute(tx);
  if (Number(rows[0]?.open) > 0) return;
  const total = totalsOf(await tx.selectFrom('run_totals').selectAll().where('run', '=', run).execute());
  const exceptions = total('held/mapping', 'held/validation', 'rejected/mapping', 'rejected/validation', 'dead', 'refused').lines;
  await tx
    .updateTable('runs')
    .set({ state: exceptions > 0 ? 'applied-with-exceptions' : 'applied', error: null, updated_at: Date.now() })
    .where('id', '=', run)
    .where('state', '=', 'applying')
    .execute();
}

/** Rows as a list of columns and a list of lists: half the size of objects, and one parse a part. */
function packRows(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return JSON.stringify({
    columns,
    rows: rows.map((row) => columns.map((column) => (Object.hasOwn(row, column) ? row[column] : undefined))),
  });
}

function unpackRows(body: string): Row[] {
  const { columns, rows } = JSON.parse(body) as { columns: string[]; rows: unknown[][] };
  return rows.map((values) => {
    const row: Record<string, unknown> = {};
    columns.forEach((column, at) => {
      // Own properties, whatever the column is called; null is how JSON wrote "no such field".
      if (values[at] !== null && values[at] !== undefined)
        Object.defineProperty(row, column, { value: values[at], writable: true, enumerable: true, configurable: true });
    });
    return row;
  });
}
