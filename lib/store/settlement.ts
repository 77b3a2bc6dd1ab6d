import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Selectable } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { type AuditEntry, appendAudit } from './audit.ts';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { closeRun } from './close-run.ts';
import { chunks, type Held, heldJob, lockedRun, type StoreContext, type Tx } from './context.ts';
import { addEffects, type Effect } from './effects.ts';
import { GIVES_TO_THE_FLOW } from './insert-jobs.ts';
import { redactText } from './redact.ts';
import { putTotal, runTotals } from './run-totals.ts';
import type { JobsTable } from './schema.ts';
import { imbalance, type Stage } from './totals.ts';
import { breakOffRelease } from './versions/release.ts';
import { keepWritten, type WrittenRecord } from './versions/written.ts';

/** A record of a job that is given up. */
export type DeadRecord = {
  readonly record: unknown;
  readonly error: string;
  readonly fingerprint: string;
  /** What was done with it all the same, as the worker that replays it has to know it. */
  readonly progress?: unknown;
};

/** A superseded letter, and what is left of its progress: on records that the job was not about. Undefined where there is none. */
export type Inherited = { readonly letter: string; readonly left: unknown };

export type Settlement = {
  readonly result: unknown;
  /** What the job did, counted for its run. */
  readonly totals?: Readonly<Partial<Record<Stage, { lines: number; quantity: string; records: number }>>>;
  /** Each becomes a dead letter of its own, to be edited, replayed or discarded. */
  readonly dead?: readonly DeadRecord[];
  readonly audit?: readonly AuditEntry[];
  /** What must not be done again under its business key. */
  readonly effects?: readonly Effect[];
  /** Superseded letters that this job went on from. */
  readonly inherited?: readonly Inherited[];
  /** What it wrote or found as it should be, where it may be the release of a version. */
  readonly written?: readonly WrittenRecord[];
};

/** Ends jobs: what they did, what became of their records, and the run they belong to, all in one transaction. */
export type Settlements = ReturnType<typeof settlementsOf>;

export function settlementsOf({ db, dialect }: StoreContext, keyDays: number) {
  /** Notes what a job did, and takes away what it had written down to do it. */
  const settle = async (tx: Tx, job: Selectable<JobsTable>, settlement: Omit<Settlement, 'result'>): Promise<void> => {
    await tx.deleteFrom('job_progress').where('job', '=', job.id).execute();
    for (const { letter, left } of settlement.inherited ?? []) {
      await tx.deleteFrom('job_progress').where('job', '=', letter).execute();
      const body = JSON.stringify(left);
      if (left !== undefined) await tx.insertInto('job_progress').values({ job: letter, piece: 1, body }).execute();
    }
    await addEffects(tx, job.queue, settlement.effects ?? [], keyDays);
    await addDeadLetters(tx, job, settlement.dead ?? []);
    if (job.run)
      for (const [stage, total] of Object.entries(settlement.totals ?? {}))
        await putTotal(tx, job.run, stage as Stage, job.id, total);
    if (job.run) await keepWritten(tx, job, settlement.written ?? []);
    for (const entry of settlement.audit ?? []) {
      await appendAudit(tx, dialect, entry);
      await nextTurn();
    }
  };

  return {
    /** The job is done. Throws StoreError `stale-lease` for a worker that comes too late. */
    async succeed(lease: Held, settlement: Settlement): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const job = await heldJob(tx, dialect, lease);
        if (job.run) await lockedRun(tx, dialect, job.run);
        await tx
          .updateTable('jobs')
          .set({
            state: 'done',
            result: JSON.stringify(settlement.result),
            error: null,
            lease_owner: null,
            lease_until: null,
            updated_at: Date.now(),
          })
          .where('id', '=', lease.job)
          .execute();
        await settle(tx, job, settlement);
        if (job.run) await closeRun(tx, dialect, job.run);
      });
    },

    /**
     * The job is given up after its last try: a dead letter, or one for each of its records where `settlement` has them. A
     * run whose intake or release ends so has failed, and says why.
     */
    async bury(lease: Held, error: string, settlement?: Settlement): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const job = await heldJob(tx, dialect, lease);
        if (job.run) await lockedRun(tx, dialect, job.run);
        const now = Date.now();
        const words = redactText(
          GIVES_TO_THE_FLOW.includes(job.kind) && job.run ? await whyItFailed(tx, job, job.run, error) : error,
        );
        const ended = settlement
          ? { state: 'discarded' as const, result: JSON.stringify(settlement.result) }
          : { state: 'dead' as const };
        const buried = { ...ended, error: words, lease_owner: null, lease_until: null, updated_at: now };
        await tx.updateTable('jobs').set(buried).where('id', '=', lease.job).execute();
        if (job.run && GIVES_TO_THE_FLOW.includes(job.kind)) {
          await tx.deleteFrom('jobs').where('run', '=', job.run).where('state', '=', 'staged').execute();
          const failed = { state: 'failed' as const, error: words, updated_at: now };
          await tx.updateTable('runs').set(failed).where('id', '=', job.run).execute();
          await breakOffRelease(tx, job.run, words);
        }
        await appendAudit(tx, dialect, {
          who: 'planbridge',
          what: 'job.dead',
          subject: job.id,
          run: job.run ?? undefined,
          detail: { queue: job.queue, key: job.key, error: words, attempts: job.attempts },
        });
        if (settlement) await settle(tx, job, settlement);
        if (job.run) await closeRun(tx, dialect, job.run);
      });
    },
  };
}

/** What ended the run: what is said now, the last failure within the flow, and the totals where they do not add up. */
async function whyItFailed(tx: Tx, job: Selectable<JobsTable>, run: string, error: string): Promise<string> {
  const { lines } = await tx.selectFrom('runs').select('lines').where('id', '=', run).executeTakeFirstOrThrow();
  const wrong = imbalance(lines, await runTotals(tx, run));
  const reasons = [error, job.error, wrong && `Control totals do not add up: ${wrong}`];
  return [...new Set(reasons)]
    .filter((reason) => !!reason)
    .map((reason) => `${reason}`.replace(/\.?$/, '.'))
    .join(' ');
}

/** A dead letter for each record, as a job of its own: the same work with this one record. */
async function addDeadLetters(tx: Tx, job: Selectable<JobsTable>, dead: readonly DeadRecord[]): Promise<void> {
  if (dead.length === 0) return;
  const { body } = await tx.selectFrom('job_payloads').select('body').where('job', '=', job.id).executeTakeFirstOrThrow();
  const head = JSON.parse(body.split('\n', 1)[0] ?? '{}') as object;
  let count = 0;
  for (const some of chunks(dead, 100)) {
    const letters = some.map(({ record, error, fingerprint, progress }) => {
      const payload = canonicalJson({ ...head, records: [record] });
      const letter = {
        ...job,
        id: uuidv7(),
        // The token tells the letters of a job from those that it left when it was replayed before.
        key: `${job.key}/dead-${job.token}-${count++}`,
        content_hash: sha256(payload),
        state: 'dead' as const,
        result: null,
        error: redactText(error),
        fingerprint: redactText(fingerprint),
        lease_owner: null,
        lease_until: null,
        parent: job.id,
        updated_at: Date.now(),
      };
      return { letter, payload, progress };
    });
    await tx
      .insertInto('jobs')
      .values(letters.map(({ letter }) => letter))
      .execute();
    await tx
      .insertInto('job_payloads')
      .values(letters.map(({ letter, payload }) => ({ job: letter.id, body: payload })))
      .execute();
    const pieces = letters.flatMap(({ letter, progress }) =>
      progress === undefined ? [] : [{ job: letter.id, piece: 1, body: JSON.stringify(progress) }],
    );
    if (pieces.length > 0) await tx.insertInto('job_progress').values(pieces).execute();
    await nextTurn();
  }
}
