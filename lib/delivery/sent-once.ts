import type { Call, OdooClient } from '../odoo/client.ts';
import { OdooError, type OdooErrorCode } from '../odoo/errors.ts';
import { type Piece, type Progress, placed } from './progress.ts';
import { CalledOff } from './verdict.ts';

/** Faults after which Odoo has done nothing of the call. After any other it is not known. */
const NOTHING_DONE: ReadonlySet<OdooErrorCode> = new Set([
  'validation',
  'redirect',
  'access',
  'not-found',
  'locked',
  'unavailable',
]);

/** Whether Odoo has surely done nothing of the call that failed so. */
export function nothingDone(error: unknown): boolean {
  return error instanceof OdooError && NOTHING_DONE.has(error.code);
}

/** A call was sent and no answer came; the ledger has noted which records it was about. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

/** Which records a step has been sent for, and what came of it. Lives as long as its job, over all tries. */
export type Ledger = {
  /** The id that Odoo answered for a record. */
  answered(step: string, place: number): number | undefined;
  /** When the record was sent, where no answer came. */
  unknownSince(step: string, place: number): number | undefined;
  /** Whether the record is still to be sent. */
  open(step: string, place: number): boolean;
  /** Odoo turned out to have done these, by place and id. */
  found(step: string, results: ReadonlyMap<number, number>): Promise<void>;
  /** Odoo turned out not to have done these, and can no longer be at work on them. */
  reopen(step: string, places: readonly number[]): Promise<void>;
  /**
   * The client, noting durably what it sends by `method`: before it is sent, and what was answered. So a try that is cut
   * off, even by the end of the process, leaves behind what must not be sent again.
   */
  noting(client: OdooClient, step: string, method: string, about: (call: Call) => Sent, signal: AbortSignal): OdooClient;
};

/** What a call is about: places in the job's list, and how to read their ids from the answer. */
export type Sent = { readonly places: readonly number[]; ids(answer: unknown): readonly number[] };

/** The ledger that earlier tries left, or a new one. `save` stores a further piece of it durably. */
export function openLedger(before: Progress, save: (piece: Piece) => Promise<void>): Ledger {
  const copy = (steps: Progress['answered']) => new Map([...steps].map(([step, places]) => [step, new Map(places)]));
  const answered = copy(before.answered);
  const unknown = copy(before.unknown);

  const ledger: Ledger = {
    answered: (step, place) => answered.get(step)?.get(place),
    unknownSince: (step, place) => unknown.get(step)?.get(place),
    open: (step, place) => ledger.answered(step, place) === undefined && ledger.unknownSince(step, place) === undefined,
    async found(step, results) {
      if (results.size === 0) return;
      for (const [place, id] of results) {
        placed(answered, step).set(place, id);
        unknown.get(step)?.delete(place);
      }
      await save({ answered: [{ step, results: [...results] }] });
    },
    async reopen(step, places) {
      for (const place of places) unknown.get(step)?.delete(place);
      await save({ reopened: [{ step, places: [...places] }] });
    },
    noting: (client, step, method, about, signal) => ({
      ...client,
      async call(call) {
        if (call.method !== method) return client.call(call);
        if (signal.aborted) throw new CalledOff();
        const sent = about(call);
        const sending = { step, places: [...sent.places], at: Date.now() };
        await save({ sending });
        let answer: unknown;
        try {
          answer = await client.call(call);
        } catch (error) {
          // What was called off before it was sent was not done either.
          if (nothingDone(error) || error instanceof CalledOff) {
            await save({});
            throw error;
          }
          for (const place of sending.places) placed(unknown, step).set(place, sending.at);
          await save({ unknown: [sending] });
          throw new AnswerLost(`The answer to ${call.model}.${method} was lost.`, { cause: error });
        }
        const ids = sent.ids(answer);
        const results = sending.places.map((place, at): [number, number] => [place, ids[at] ?? 0]);
        for (const [place, id] of results) placed(answered, step).set(place, id);
        await save({ answered: [{ step, results }] });
        return answer;
      },
    }),
  };
  return ledger;
}
