import type { Call, OdooClient } from '../odoo/client.ts';
import { OdooError, type OdooErrorCode } from '../odoo/errors.ts';
import { NOTHING_YET, type Progress } from './progress.ts';
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

/** A call was sent and no answer came; the ledger has noted which records it was about. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

/** Which records a step has been sent for, and what came of it. Lives as long as its job, over all tries. */
export type Ledger = {
  /** The id that Odoo answered for a record. */
  answered(step: string, place: number): number | undefined;
  /** Whether the record was sent and no answer came. */
  unknown(step: string, place: number): boolean;
  /** Whether the record is still to be sent. */
  open(step: string, place: number): boolean;
  /**
   * The client, noting durably what it sends by `method`: before it is sent, and what was answered. So a try that is cut
   * off, even by the end of the process, leaves behind what must not be sent again.
   */
  noting(client: OdooClient, step: string, method: string, about: (call: Call) => Sent, signal: AbortSignal): OdooClient;
};

/** What a call is about: places in the job's list, and how to read their ids from the answer. */
export type Sent = { readonly places: readonly number[]; ids(answer: unknown): readonly number[] };

/** The ledger that an earlier try left, or a new one. `save` stores a further piece of it durably. */
export function openLedger(before: Progress, save: (piece: Progress) => Promise<void>): Ledger {
  const answered = new Map<string, Map<number, number>>();
  const unknown = new Map<string, Set<number>>();
  const noteAnswer = (step: string, results: readonly (readonly [number, number])[]) => {
    const ids = answered.get(step) ?? new Map<number, number>();
    answered.set(step, ids);
    for (const [place, id] of results) ids.set(place, id);
  };
  const noteUnknown = (step: string, places: readonly number[]) => {
    unknown.set(step, new Set([...(unknown.get(step) ?? []), ...places]));
  };
  for (const { step, results } of before.answered) noteAnswer(step, results);
  for (const { step, places } of before.unknown) noteUnknown(step, places);

  const ledger: Ledger = {
    answered: (step, place) => answered.get(step)?.get(place),
    unknown: (step, place) => unknown.get(step)?.has(place) ?? false,
    open: (step, place) => ledger.answered(step, place) === undefined && !ledger.unknown(step, place),
    noting: (client, step, method, about, signal) => ({
      ...client,
      async call(call) {
        if (call.method !== method) return client.call(call);
        if (signal.aborted) throw new CalledOff();
        const sent = about(call);
        const places = [...sent.places];
        await save({ ...NOTHING_YET, sending: { step, places } });
        let answer: unknown;
        try {
          answer = await client.call(call);
        } catch (error) {
          if (error instanceof OdooError && NOTHING_DONE.has(error.code)) {
            await save(NOTHING_YET);
            throw error;
          }
          noteUnknown(step, places);
          await save({ ...NOTHING_YET, unknown: [{ step, places }] });
          throw new AnswerLost(`The answer to ${call.model}.${method} was lost.`, { cause: error });
        }
        const ids = sent.ids(answer);
        const results = places.map((place, at): [number, number] => [place, ids[at] ?? 0]);
        noteAnswer(step, results);
        await save({ ...NOTHING_YET, answered: [{ step, results }] });
        return answer;
      },
    }),
  };
  return ledger;
}
