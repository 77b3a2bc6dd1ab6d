import { actOn } from '../odoo/act.ts';
import type { OdooClient } from '../odoo/client.ts';
import { and, parseDomain } from '../odoo/domain.ts';
import type { OdooError } from '../odoo/errors.ts';
import { searchAll } from '../odoo/pages.ts';
import { type LookUp, settleAll, unknownOutcome } from './look-up.ts';
import { AnswerLost, type Ledger } from './sent-once.ts';
import type { WriteJob } from './write-job.ts';

export type Target = { readonly place: number; readonly id: number };

/** What tells that an action was done on a record, for actions that are known: the field that it brings to nothing. */
const EXHAUSTS: Readonly<Record<string, string>> = { action_replenish: 'qty_to_order' };

/**
 * Calls a method that must not be called twice on a record. Gives the refusal, or the unknown outcome, of each place it
 * has one for. After a lost answer it looks whether the action was done: by the job's `doneWhen`, or what is known of it.
 */
export async function actOnce({
  client,
  job: { model, context, batchSize, doneWhen },
  ledger,
  signal,
  step,
  method,
  targets,
  args,
}: {
  client: OdooClient;
  job: WriteJob;
  ledger: Ledger;
  signal: AbortSignal;
  step: string;
  method: string;
  targets: readonly Target[];
  args?: Readonly<Record<string, unknown>> | undefined;
}): Promise<Map<number, OdooError>> {
  const places = Map.groupBy(targets, ({ id }) => id);
  const placesOf = (ids: readonly number[]) => ids.flatMap((id) => (places.get(id) ?? []).map(({ place }) => place));
  const noting = ledger.noting(client, step, method, ({ ids = [] }) => ({ places: placesOf(ids), ids: () => [] }), signal);
  const errors = new Map<number, OdooError>();

  const send = async () => {
    for (let lost = false; ; lost = true) {
      const open = targets.filter(({ place }) => ledger.open(step, place) && !errors.has(place));
      const ids = [...new Set(open.map(({ id }) => id))];
      try {
        const { refused } = await actOn(noting, model, method, ids, { context, batchSize, ...(args ? { args } : {}) });
        for (const { id, error } of refused) for (const place of placesOf([id])) errors.set(place, error);
        return { lost };
      } catch (error) {
        // The ledger knows which records these are; the others still have to be done.
        if (!(error instanceof AnswerLost)) throw error;
      }
    }
  };

  const exhausted = EXHAUSTS[method];
  /** The records on which it has still to be done. */
  const leftOf = async (ids: readonly number[]): Promise<ReadonlySet<number>> => {
    const domain = [['id', 'in', [...ids]]];
    const search = { model, context: { ...context, active_test: false } };
    if (doneWhen) {
      const done = await searchAll(client, {
        ...search,
        domain: and(parseDomain(domain), parseDomain(doneWhen)),
        fields: ['id'],
      });
      const isDone = new Set(done.map(({ id }) => id));
      return new Set(ids.filter((id) => !isDone.has(id)));
    }
    // One that is gone needs nothing any more: Odoo takes away what it has nothing to order for.
    const held = await searchAll(client, { ...search, domain, fields: [exhausted ?? 'id'] });
    return new Set(held.filter((record) => Number(record[exhausted ?? '']) > 0).map(({ id }) => id));
  };
  const lookUp: LookUp = async (unknown) => {
    const asked = targets.filter(({ place }) => unknown.includes(place));
    const left = await leftOf([...new Set(asked.map(({ id }) => id))]);
    return new Map(asked.filter(({ id }) => !left.has(id)).map(({ place }) => [place, 0]));
  };

  const all = targets.map(({ place }) => place);
  const refusal = await settleAll(client, ledger, step, doneWhen || exhausted ? all : [], send, lookUp);
  const unknown = all.filter((place) => ledger.unknownSince(step, place) !== undefined);
  for (const place of unknown) errors.set(place, unknownOutcome(model, method, refusal));
  return errors;
}
