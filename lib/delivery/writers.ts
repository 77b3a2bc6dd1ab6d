import type { OdooClient } from '../odoo/client.ts';
import { createRecords } from '../odoo/create.ts';
import { OdooError } from '../odoo/errors.ts';
import { updateRecords } from '../odoo/update-records.ts';
import { upsertRecords } from '../odoo/upsert.ts';
import type { WriteOutcome } from '../odoo/write-outcome.ts';
import { actOnce, unknownOutcome } from './act-once.ts';
import type { Planned } from './progress.ts';
import { AnswerLost, type Ledger } from './sent-once.ts';
import type { WriteJob } from './write-job.ts';

export type Writing = {
  readonly client: OdooClient;
  readonly job: WriteJob;
  /** The records without their marks. */
  readonly values: readonly Record<string, unknown>[];
  readonly ledger: Ledger;
  /** Called with what is about to be changed, before it is. */
  readonly plan: (planned: readonly Planned[]) => Promise<void>;
  readonly signal: AbortSignal;
};

/** How each operation writes its records; the outcomes come in the order of the records. */
export const WRITERS: Readonly<Record<WriteJob['operation'], (writing: Writing) => Promise<WriteOutcome[]>>> = {
  upsert: ({ client, job, values, plan }) =>
    upsertRecords(client, job.model, values, {
      ...how(job),
      keys: job.keys,
      fillEmpty: job.fillEmpty,
      onPlan: ({ creates, updates }) =>
        plan([
          ...creates.map(({ index }) => ({ index, outcome: 'created' as const })),
          ...updates.map(({ index, changed, before }) => ({ index, outcome: 'updated' as const, changed, before })),
        ]),
    }),

  async update({ client, job, values, plan }) {
    const updates = values.map(withId);
    // Looked up first, so that the old values are on record before they are gone.
    const planned = await updateRecords(client, job.model, updates, { ...how(job), dryRun: true });
    if (job.dryRun) return planned;
    await plan(
      planned.flatMap(({ index, outcome, changed = {}, before = {} }) =>
        outcome === 'updated' ? [{ index, outcome, changed, before }] : [],
      ),
    );
    return updateRecords(client, job.model, updates, how(job));
  },

  create: async (writing) =>
    writing.job.dryRun ? writing.values.map((changed, index) => ({ index, outcome: 'created', changed })) : createOnce(writing),

  async call({ client, job, values, ledger, signal }) {
    const { method, args } = job;
    if (!method) throw new OdooError('validation', 'No method is set: say which one is called.');
    const targets = values.map((record, place) => ({ place, id: withId(record).id }));
    const acted = job.dryRun
      ? new Map<number, OdooError>()
      : await actOnce({ client, job, ledger, signal, step: 'call', method, targets, args });
    return targets.map(({ place: index, id }) => {
      const error = acted.get(index);
      return error ? { index, id, outcome: 'refused', error } : { index, id, outcome: 'updated' };
    });
  },
};

/** Creates each record once: one whose answer was lost is not sent again, whatever becomes of the others. */
async function createOnce({ client, job, values, ledger, signal }: Writing): Promise<WriteOutcome[]> {
  const places = new Map<unknown, number>(values.map((value, place) => [value, place]));
  const noting = ledger.noting(
    client,
    'create',
    'create',
    ({ args = {} }) => ({
      places: (args.vals_list as unknown[]).map((value) => places.get(value) ?? -1),
      ids: (answer) => (Array.isArray(answer) ? (answer as number[]) : [answer as number]),
    }),
    signal,
  );
  const refused = new Map<number, OdooError>();
  for (let again = true; again; ) {
    again = false;
    const open = [...values.keys()].filter((place) => ledger.open('create', place));
    const sent = open.map((place) => values[place] ?? {});
    try {
      for (const { index, error } of await createRecords(noting, job.model, sent, how(job)))
        if (error) refused.set(open[index] ?? -1, error);
    } catch (error) {
      if (!(error instanceof AnswerLost)) throw error;
      again = true;
    }
  }
  return values.map((changed, index) => {
    const id = ledger.answered('create', index);
    if (id !== undefined) return { index, id, outcome: 'created', changed };
    return { index, outcome: 'refused', error: refused.get(index) ?? unknownOutcome(job.model, 'create') };
  });
}

function how({ context, batchSize, dryRun }: WriteJob) {
  return { context, batchSize, dryRun };
}

function withId({ id, ...values }: Record<string, unknown>): { id: number; values: Record<string, unknown> } {
  if (typeof id !== 'number')
    throw new OdooError('validation', 'A record that is updated, or that a method is called on, needs its id.');
  return { id, values };
}
