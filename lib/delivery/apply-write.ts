import { z } from 'zod';
import { withoutMarks } from '../canonical/marks.ts';
import { actOn } from '../odoo/act.ts';
import type { OdooClient } from '../odoo/client.ts';
import { createRecords } from '../odoo/create.ts';
import { OdooError } from '../odoo/errors.ts';
import { updateRecords } from '../odoo/update-records.ts';
import { upsertRecords } from '../odoo/upsert.ts';
import type { WriteOutcome } from '../odoo/write-outcome.ts';
import { UnknownOutcome } from './verdict.ts';
import type { WriteJob } from './write-job.ts';

/**
 * What a try writes down before it changes anything, for the try that may come after it: that one finds the records as
 * they should be, and would not know that they were changed and still have to be acted on.
 */
export const Progress = z.object({
  created: z.array(z.number()).default([]),
  updated: z.array(z.number()).default([]),
  /** Set before something is sent that must not be sent twice. */
  begun: z.string().optional(),
});
export type Progress = z.infer<typeof Progress>;

/** Actions that may be called again after an unknown outcome, and why. */
const REPEATABLE: Readonly<Record<string, string>> = {
  action_replenish: 'orders only what the stock forecast still lacks',
};

/**
 * Applies a write job to Odoo and gives the outcome of each record, in order.
 * `save` stores the progress durably; `before` is what an earlier try stored.
 * Throws OdooError for what is not about a record, UnknownOutcome for what must not be repeated.
 */
export async function applyWrite(
  client: OdooClient,
  job: WriteJob,
  before: Progress,
  save: (progress: Progress) => Promise<void>,
  signal: AbortSignal,
): Promise<WriteOutcome[]> {
  const progress: Progress = structuredClone(before);
  const written = await write(client, job, progress, save, signal);
  const outcomes = written.map((outcome) => (outcome.outcome === 'unchanged' ? asPlannedBefore(outcome, before) : outcome));
  if (!job.followUp || job.dryRun) return outcomes;

  const changed = outcomes.filter(({ outcome, id }) => id !== undefined && (outcome === 'created' || outcome === 'updated'));
  if (changed.length === 0) return outcomes;
  await once(`${job.followUp}`, progress, save);
  const ids = changed.map(({ id }) => id ?? 0);
  const { refused } = await known(
    job.followUp,
    actOn(client, job.model, job.followUp, ids, { context: job.context, batchSize: job.batchSize }),
  );
  const errors = new Map(refused.map(({ id, error }) => [id, error]));
  return outcomes.map((outcome) => {
    const error = errors.get(outcome.id ?? 0);
    return error ? { index: outcome.index, outcome: 'refused', id: outcome.id ?? 0, error } : outcome;
  });
}

async function write(
  client: OdooClient,
  job: WriteJob,
  progress: Progress,
  save: (progress: Progress) => Promise<void>,
  signal: AbortSignal,
): Promise<WriteOutcome[]> {
  const { model, context, batchSize, dryRun } = job;
  const values = job.records.map(withoutMarks);
  switch (job.operation) {
    case 'upsert':
      return upsertRecords(client, model, values, {
        keys: job.keys,
        fillEmpty: job.fillEmpty,
        context,
        batchSize,
        dryRun,
        signal,
        onPlan: async ({ creates, updates }) => {
          if (dryRun || !job.followUp || creates.length + updates.length === 0) return;
          progress.created.push(...creates.map(({ index }) => index));
          progress.updated.push(...updates.map(({ index }) => index));
          await save(progress);
        },
      });
    case 'update':
      return updateRecords(client, model, values.map(split), { context, batchSize, dryRun, signal });
    case 'create':
      if (dryRun) return values.map((changed, index) => ({ index, outcome: 'created', changed }));
      await once('create', progress, save);
      return known('create', createRecords(client, model, values, { context, batchSize }));
    case 'call': {
      const method = job.method ?? '';
      if (!method) throw new OdooError('validation', 'No method is set: say which one is called.');
      const ids = values.map((record) => split(record).id);
      if (dryRun) return ids.map((id, index) => ({ index, id, outcome: 'updated' }));
      await once(method, progress, save);
      const { refused } = await known(
        method,
        actOn(client, model, method, ids, { context, batchSize, ...(job.args ? { args: job.args } : {}) }),
      );
      const errors = new Map(refused.map(({ id, error }) => [id, error]));
      return ids.map((id, index) => {
        const error = errors.get(id);
        return error ? { index, id, outcome: 'refused', error } : { index, id, outcome: 'updated' };
      });
    }
  }
}

function split({ id, ...values }: Record<string, unknown>): { id: number; values: Record<string, unknown> } {
  if (typeof id !== 'number')
    throw new OdooError('validation', 'A record that is updated, or that a method is called on, needs its id.');
  return { id, values };
}

function asPlannedBefore(outcome: WriteOutcome, before: Progress): WriteOutcome {
  if (before.created.includes(outcome.index)) return { ...outcome, outcome: 'created' };
  if (before.updated.includes(outcome.index)) return { ...outcome, outcome: 'updated' };
  return outcome;
}

/** Notes that something is about to be sent that must not be sent twice; refuses when an earlier try noted it. */
async function once(what: string, progress: Progress, save: (progress: Progress) => Promise<void>): Promise<void> {
  if (REPEATABLE[what]) return;
  if (progress.begun === what) throw unknown(what);
  progress.begun = what;
  await save(progress);
}

async function known<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OdooError && error.code === 'unknown-outcome' && !REPEATABLE[what]) throw unknown(what, error);
    throw error;
  }
}

function unknown(what: string, cause?: unknown): UnknownOutcome {
  const text = `Whether Odoo did "${what}" is not known, and it must not be done twice. Look in Odoo, then replay or discard this job.`;
  return new UnknownOutcome(text, { cause });
}
