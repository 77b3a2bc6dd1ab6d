import type { OdooClient } from '../odoo/client.ts';
import { createRecords } from '../odoo/create.ts';
import { isEmpty } from '../odoo/equality.ts';
import { OdooError } from '../odoo/errors.ts';
import { findExisting, keyOf } from '../odoo/existing.ts';
import { updateRecords } from '../odoo/update-records.ts';
import { upsertRecords } from '../odoo/upsert.ts';
import type { WriteOutcome } from '../odoo/write-outcome.ts';
import { actOnce, type Refused } from './act-once.ts';
import type { Applied } from './applied.ts';
import { type LookUp, notLookedUp, sendOpen, settleAll, unknownOutcome } from './look-up.ts';
import type { Planned } from './progress.ts';
import { resolveRelative } from './relative-values.ts';
import type { Ledger } from './sent-once.ts';
import type { WriteJob } from './write-job.ts';

export type Writing = {
  readonly client: OdooClient;
  readonly job: WriteJob;
  /** The records without their marks. */
  readonly values: readonly Record<string, unknown>[];
  /** The places of the records that are to be written. */
  readonly places: readonly number[];
  readonly ledger: Ledger;
  /** What an earlier try was about to change of the record at a place. */
  readonly plannedBefore: (place: number) => Planned | undefined;
  /** Called with what is about to be changed, before it is. */
  readonly plan: (planned: readonly Planned[]) => Promise<void>;
  /** Called once Odoo has answered for all that was planned. */
  readonly done: () => void;
  readonly signal: AbortSignal;
};

/** How each operation writes its records; each outcome tells the place of its record. */
export const WRITERS: Readonly<Record<WriteJob['operation'], (writing: Writing) => Promise<Applied[]>>> = {
  async upsert({ client, job, values, places, plan, done }) {
    const placeOf = placing(places);
    const outcomes = await upsertRecords(
      client,
      job.model,
      places.map((place) => values[place] ?? {}),
      {
        ...how(job),
        keys: job.keys,
        fillEmpty: job.fillEmpty,
        guard: job.guard,
        unlessZero: job.unlessZero,
        onPlan: ({ creates, updates }) =>
          plan([
            ...creates.map(({ index }) => ({ index: placeOf(index), outcome: 'created' as const })),
            ...updates.map(({ index, changed, before }) => ({
              index: placeOf(index),
              outcome: 'updated' as const,
              changed,
              before,
            })),
          ]),
        onDone: done,
      },
    );
    return outcomes.map((outcome) => ({ ...outcome, index: placeOf(outcome.index) }));
  },

  async update({ client, job, values, places, plan, plannedBefore }) {
    const given = places.map((place) => withId(values[place] ?? {}));
    const before = (index: number) => plannedBefore(places[index] ?? -1);
    const resolved = (await resolveRelative(client, job.model, given, before, job.context)).map((update, index) => ({
      ...update,
      index: places[index] ?? -1,
    }));
    const refused = resolved.flatMap(({ index, ...update }) =>
      'error' in update ? [{ ...update, index, outcome: 'refused' as const }] : [],
    );
    const updates = resolved.flatMap((update) => ('values' in update ? [update] : []));
    const placeOf = placing(updates.map(({ index }) => index));
    const placed = (outcomes: WriteOutcome[]): WriteOutcome[] => [
      ...outcomes.map((outcome) => ({ ...outcome, index: placeOf(outcome.index) })),
      ...refused,
    ];
    // Looked up first, so that the old values are on record before they are gone.
    const planned = placed(await updateRecords(client, job.model, updates, { ...how(job), dryRun: true }));
    if (job.dryRun) return planned;
    await plan(
      planned.flatMap(({ index, outcome, changed = {}, before = {} }) =>
        outcome === 'updated' ? [{ index, outcome, changed, before }] : [],
      ),
    );
    return placed(await updateRecords(client, job.model, updates, how(job)));
  },

  create: async (writing) =>
    writing.job.dryRun
      ? writing.places.map((index) => ({ index, outcome: 'created', changed: writing.values[index] ?? {} }))
      : createOnce(writing),

  async call({ client, job, values, places, ledger, signal }) {
    const { method, args } = job;
    if (!method) throw new OdooError('validation', 'No method is set: say which one is called.');
    const targets = places.map((place) => ({ place, id: withId(values[place] ?? {}).id }));
    const acted = job.dryRun
      ? new Map<number, Refused>()
      : await actOnce({ client, job, ledger, signal, step: 'call', method, targets, args });
    return targets.map(({ place: index, id }) => {
      const refused = acted.get(index);
      return refused ? { index, id, outcome: 'refused', ...refused } : { index, id, outcome: 'updated' };
    });
  },
};

/** Creates each record once: one whose answer was lost is looked up by its keys, and never blindly sent again. */
async function createOnce({ client, job, values, places, ledger, signal }: Writing): Promise<Applied[]> {
  const placeOf = new Map<unknown, number>(values.map((value, place) => [value, place]));
  const noting = ledger.noting(
    client,
    'create',
    'create',
    ({ args = {} }) => ({
      places: (args.vals_list as unknown[]).map((value) => placeOf.get(value) ?? -1),
      ids: (answer) => (Array.isArray(answer) ? (answer as number[]) : [answer as number]),
    }),
    signal,
  );
  const refused = new Map<number, OdooError>();
  const openPlaces = () => places.filter((place) => ledger.open('create', place) && !refused.has(place));
  const send = async () => {
    const open = openPlaces();
    const sent = open.map((place) => values[place] ?? {});
    for (const { index, error } of await createRecords(noting, job.model, sent, how(job)))
      if (error) refused.set(open[index] ?? -1, error);
  };
  const refuse = (error: OdooError) => {
    for (const place of openPlaces()) refused.set(place, error);
  };
  const named = places.filter((place) => job.keys.length > 0 && job.keys.every((key) => !isEmpty(values[place]?.[key])));
  const refusal = await settleAll(
    client,
    ledger,
    'create',
    named,
    () => sendOpen(client, send, refuse),
    byKeys(client, job, values),
  );
  const findable = new Set(named);
  return places.map((index) => {
    const id = ledger.answered('create', index);
    if (id !== undefined) return { index, id, outcome: 'created', changed: values[index] ?? {} };
    const error = refused.get(index);
    if (error) return { index, outcome: 'refused', error };
    if (!findable.has(index)) return { index, outcome: 'refused', error: unknownOutcome(job.model, 'create') };
    const left = notLookedUp(ledger, 'create', index);
    return { index, outcome: 'refused', error: unknownOutcome(job.model, 'create', refusal), left };
  });
}

function byKeys(client: OdooClient, { model, keys, context }: WriteJob, values: Writing['values']): LookUp {
  return async (places) => {
    const asked = places.map((place) => values[place] ?? {});
    const fields = await (await client.profile()).fields(model);
    const existing = await findExisting(client, model, asked, keys, fields, [], context);
    return new Map(
      places.flatMap((place) => {
        const [record] = existing.get(keyOf(values[place] ?? {}, keys, fields)) ?? [];
        return record ? [[place, record.id] as const] : [];
      }),
    );
  };
}

/** From the place in the list that is sent to the place in the job's. */
function placing(places: readonly number[]): (index: number) => number {
  return (index) => places[index] ?? -1;
}

function how({ context, batchSize, dryRun }: WriteJob) {
  return { context, batchSize, dryRun };
}

function withId({ id, ...values }: Record<string, unknown>): { id: number; values: Record<string, unknown> } {
  if (typeof id !== 'number')
    throw new OdooError('validation', 'A record that is updated, or that a method is called on, needs its id.');
  return { id, values };
}
