import { v7 as uuidv7 } from 'uuid';
import { type AuditEntry, appendAudit } from './audit.ts';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { chunks, type Held, heldJob, type StoreContext } from './context.ts';
import { closeRun, putTotal } from './runs.ts';
import { imbalance, type Stage, totalsOf } from './totals.ts';

/** A record of a job that Odoo refused for good. */
export type DeadRecord = { readonly record: unknown; readonly error: string; readonly fingerprint: string };

export type Settlement = {
  readonly result: unknown;
  /** What the job did, counted for its run. */
  readonly totals?: Readonly<Partial<Record<Stage, { lines: number; quantity: string; records: number }>>>;
  /** Each becomes a dead letter of its own, to be edited, replayed or discarded. */
  readonly dead?: readonly DeadRecord[];
  readonly audit?: readonly AuditEntry[];
};

/** Ends jobs: what they did, what became of their records, and the run they belong to, all in one transaction. */
export type Settlements = ReturnType<typeof settlementsOf>;

export function settlementsOf({ db, dialect }: StoreContext) {
  return {
    /** The job is done. Throws StoreError `stale-lease` for a worker that comes too late. */
    async succeed(lease: Held, settlement: Settlement): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const job = await heldJob(tx, dialect, lease);
        const now = Date.now();
        await tx
          .updateTable('jobs')
          .set({
            state: 'done',
            result: JSON.stringify(settlement.result),
            error: null,
            lease_owner: null,
            lease_until: null,
            updated_at: now,
          })
          .where('id', '=', lease.job)
          .execute();
        const letters = (settlement.dead ?? []).map(({ record, error, fingerprint }) => {
          const { records: _, ...rest } = JSON.parse(job.payload) as { records?: unknown };
          const payload = canonicalJson({ ...rest, records: [record] });
          return {
            ...job,
            id: uuidv7(),
            key: `${job.key}/${sha256(payload).slice(0, 16)}`,
            content_hash: sha256(payload),
            state: 'dead' as const,
            payload,
            progress: null,
            result: null,
            error,
            fingerprint,
            lease_owner: null,
            lease_until: null,
            parent: job.id,
            updated_at: now,
          };
        });
        for (const chunk of chunks(letters)) await tx.insertInto('jobs').values(chunk).execute();
        if (job.run)
          for (const [stage, total] of Object.entries(settlement.totals ?? {}))
            await putTotal(tx, job.run, stage as Stage, job.id, total);
        for (const entry of settlement.audit ?? []) await appendAudit(tx, dialect, entry);
        if (job.run) await closeRun(tx, job.run);
      });
    },

    /**
     * The job is given up after its last try: a dead letter. A run whose intake job ends so has failed, and says why;
     * a write job's lines are counted as refused.
     */
    async bury(
      lease: Held,
      error: string,
      lost: { lines: number; quantity: string; records: number } = { lines: 0, quantity: '0', records: 0 },
    ): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const job = await heldJob(tx, dialect, lease);
        const now = Date.now();
        const buried = { state: 'dead' as const, error, lease_owner: null, lease_until: null, updated_at: now };
        await tx.updateTable('jobs').set(buried).where('id', '=', lease.job).execute();
        await appendAudit(tx, dialect, {
          who: 'planbridge',
          what: 'job.dead',
          subject: job.id,
          run: job.run ?? undefined,
          detail: { error, attempts: job.attempts },
        });
        if (!job.run) return;
        if (job.kind === 'intake') {
          const run = await tx.selectFrom('runs').select('lines').where('id', '=', job.run).executeTakeFirstOrThrow();
          const total = totalsOf(await tx.selectFrom('run_totals').selectAll().where('run', '=', job.run).execute());
          const wrong = imbalance(run.lines, total);
          const words = wrong ? `${error} Control totals do not add up: ${wrong}.` : error;
          await tx.deleteFrom('jobs').where('run', '=', job.run).where('state', '=', 'staged').execute();
          await tx
            .updateTable('runs')
            .set({ state: 'failed', error: words, updated_at: now })
            .where('id', '=', job.run)
            .execute();
        } else {
          await putTotal(tx, job.run, 'refused', job.id, lost);
          await closeRun(tx, job.run);
        }
      });
    },
  };
}
