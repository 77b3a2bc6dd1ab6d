import { actOn } from '../odoo/act.ts';
import type { OdooClient } from '../odoo/client.ts';
import { OdooError } from '../odoo/errors.ts';
import { AnswerLost, type Ledger } from './sent-once.ts';
import type { WriteJob } from './write-job.ts';

export type Target = { readonly place: number; readonly id: number };

/** Calls a method that must not be called twice on a record. Gives the refusal, or the unknown outcome, of each place it has one for. */
export async function actOnce({
  client,
  job: { model, context, batchSize },
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
  for (let again = true; again; ) {
    again = false;
    const open = targets.filter(({ place }) => ledger.open(step, place));
    const ids = [...new Set(open.map(({ id }) => id))];
    try {
      const { refused } = await actOn(noting, model, method, ids, { context, batchSize, ...(args ? { args } : {}) });
      for (const { id, error } of refused) for (const place of placesOf([id])) errors.set(place, error);
    } catch (error) {
      // The ledger knows which records these are; the others still have to be done.
      if (!(error instanceof AnswerLost)) throw error;
      again = true;
    }
  }
  for (const { place } of targets) if (ledger.unknown(step, place)) errors.set(place, unknownOutcome(model, method));
  return errors;
}

/** The error of a record for which nobody knows what Odoo did. */
export function unknownOutcome(model: string, method: string): OdooError {
  const text = `No answer came to ${model}.${method}: the outcome is unknown, and it must not be done twice. Look in Odoo whether it was done, then replay or discard this record.`;
  return new OdooError('unknown-outcome', text, { model, method });
}
