import { actOn } from '../odoo/act.ts';
import type { OdooClient } from '../odoo/client.ts';
import { and, parseDomain } from '../odoo/domain.ts';
import type { OdooError } from '../odoo/errors.ts';
import { searchAll } from '../odoo/pages.ts';
import type { Applied } from './applied.ts';
import { type LookUp, notLookedUp, sendOpen, settleAll, unknownOutcome } from './look-up.ts';
import type { Ledger } from './sent-once.ts';
import type { WriteJob } from './write-job.ts';

/** Why a method was not called on a record, or that nobody can tell. */
export type Refused = Required<Pick<Applied, 'error'>> & Pick<Applied, 'left'>;

export type Target = { readonly place: number; readonly id: number };

/** What tells that an action was done on a record, for actions that are known: the field that it brings to nothing. */
const EXHAUSTS: Readonly<Record<string, string>> = { action_replenish: 'qty_to_order' };

/**
 * Calls a method that must not be called twice on a record. Gives the refusal, or the unknown outcome, of each place it
 * has one for; where Odoo refuses the method as such, of each that is left. After a lost answer it looks whether the action
 * was done: by the job's `doneWhen`, or what is known of it.
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
}): Promise<Map<number, Refused>> {
  const places = Map.groupBy(targets, ({ id }) => id);
  const placesOf = (ids: readonly number[]) => ids.flatMap((id) => (places.get(id) ?? []).map(({ place }) => place));
  const noting = ledger.noting(client, step, method, ({ ids = [] }) => ({ places: placesOf(ids), ids: () => [] }), signal);
  const refused = new Map<number, Refused>();

  const open = () => targets.filter(({ place }) => ledger.open(step, place) && !refused.has(place));
  const send = async () => {
    const ids = [...new Set(open().map(({ id }) => id))];
    const acted = await actOn(noting, model, method, ids, { context, batchSize, ...(args ? { args } : {}) });
    for (const { id, error } of acted.refused) for (const place of placesOf([id])) refused.set(place, { error });
  };
  const refuse = (error: OdooError) => {
    for (const { place } of open()) refused.set(place, { error });
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
  const findable = doneWhen || exhausted ? all : [];
  const refusal = await settleAll(client, ledger, step, findable, () => sendOpen(client, send, refuse), lookUp);
  for (const place of all) {
    if (ledger.unknownSince(step, place) === undefined) continue;
    const error = unknownOutcome(model, method, refusal);
    refused.set(place, findable.length > 0 ? { error, left: notLookedUp(ledger, step, place) } : { error });
  }
  return refused;
}
