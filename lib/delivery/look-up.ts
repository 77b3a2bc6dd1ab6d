import type { OdooClient } from '../odoo/client.ts';
import { isRefusal } from '../odoo/denied.ts';
import { OdooError } from '../odoo/errors.ts';
import type { Piece } from './progress.ts';
import { AnswerLost, type Ledger } from './sent-once.ts';
import { OutcomePending } from './verdict.ts';

/** Looks in Odoo which of the places it has done all the same, and gives their ids. */
export type LookUp = (places: readonly number[]) => Promise<ReadonlyMap<number, number>>;

/**
 * Sends what is open, and looks up what no answer came for, until each of the `findable` places is settled: found in Odoo,
 * or surely not there and sent again. `send` sends all that is open and tells whether an answer was lost. What is unknown
 * and cannot be looked up stays so; gives why where Odoo refuses to be looked at.
 * Throws OutcomePending as long as Odoo may still be at work on what is not there yet.
 */
export async function settleAll(
  client: OdooClient,
  ledger: Ledger,
  step: string,
  findable: readonly number[],
  send: () => Promise<{ lost: boolean }>,
  lookUp: LookUp,
): Promise<OdooError | undefined> {
  let lostNow = false;
  for (;;) {
    const { lost } = await send();
    lostNow ||= lost;
    const unknown = findable.filter((place) => ledger.unknownSince(step, place) !== undefined);
    if (unknown.length === 0) return undefined;
    let found: ReadonlyMap<number, number>;
    try {
      found = await lookUp(unknown);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      client.refresh();
      return error;
    }
    await ledger.found(step, found);
    const missing = unknown.filter((place) => !found.has(place));
    if (missing.length === 0) continue;
    const sent = Math.max(...missing.map((place) => ledger.unknownSince(step, place) ?? 0));
    const until = sent + client.limitMilliseconds;
    if (Date.now() < until) throw new OutcomePending(until, lostNow);
    await ledger.reopen(step, missing);
  }
}

/**
 * Sends all that is open, again where an answer is lost: the ledger knows which records that was about, and the others still
 * have to be done. Tells whether one was lost. `refuse` is given the refusal that meets all that is open still.
 */
export async function sendOpen(
  client: OdooClient,
  send: () => Promise<void>,
  refuse: (error: OdooError) => void,
): Promise<{ lost: boolean }> {
  for (let lost = false; ; lost = true) {
    try {
      await send();
      return { lost };
    } catch (error) {
      if (isRefusal(error)) {
        client.refresh();
        refuse(error);
        return { lost };
      }
      if (!(error instanceof AnswerLost)) throw error;
    }
  }
}

/** What a replay goes on from where a look-up was refused: it looks first. */
export function notLookedUp(ledger: Ledger, step: string, place: number): Piece {
  return { unknown: [{ step, places: [0], at: ledger.unknownSince(step, place) ?? 0 }] };
}

/** The error of a record for which nobody can tell what Odoo did. */
export function unknownOutcome(model: string, method: string, refusal?: OdooError): OdooError {
  const why = refusal ? ` It could not be looked up: ${refusal.message.replace(/\.?$/, '.')}` : '';
  const text = `Outcome unknown: no answer came to ${model}.${method}, and it must not be done twice.${why} Look in Odoo whether it was done, then replay or discard this record.`;
  return new OdooError('unknown-outcome', text, { model, method });
}
