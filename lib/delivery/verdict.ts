import { OdooError, type OdooErrorCode } from '../odoo/errors.ts';
import { StoreError, type StoreErrorCode } from '../store/errors.ts';
import { backoff } from './backoff.ts';

/** Work that was stopped between two calls, because its node stops or its lease was lost; it goes on later. */
export class CalledOff extends Error {
  override readonly name = 'CalledOff';
  constructor() {
    super('The work was stopped; it goes on with the next start.');
  }
}

/**
 * It is not known yet what Odoo did of a call whose answer was lost: what it made is not there to be seen, and may still
 * come until `until` (ms since 1970). The work looks again, and sends nothing a second time before then.
 */
export class OutcomePending extends Error {
  override readonly name = 'OutcomePending';
  readonly until: number;
  /** Whether this try itself sent something. */
  readonly sent: boolean;
  constructor(until: number, sent: boolean) {
    super(
      `Outcome unknown: an answer of Odoo's was lost, and what it was about is not there. Odoo may still be at work on it until ${new Date(until).toISOString()}; it is looked for again, and only sent again after that.`,
    );
    this.until = until;
    this.sent = sent;
  }
}

/** Another job that is about the same record was begun, and has to be done first: not before `until` (ms since 1970). */
export class OutOfTurn extends Error {
  override readonly name = 'OutOfTurn';
  readonly until: number;
  constructor(until: number) {
    super('It waits for another change of the same record, of which it is not known yet whether Odoo has done it.');
    this.until = until;
  }
}

/**
 * So often a job may be cut off before it is held to be what ends its process. With its rests in between, that takes more
 * than an hour and a half of restarts: what others end is done by then.
 */
const MOST_CUT_OFF = 50;

/** Its process ended in the midst of the job time after time; it is not tried any more. */
export class CutOffTooOften extends Error {
  override readonly name = 'CutOffTooOften';
}

/** What is wrong with a job that was cut off too often; undefined for all others. */
export function cutOffTooOften({ cutOff }: { readonly cutOff: number }): CutOffTooOften | undefined {
  if (cutOff <= MOST_CUT_OFF) return undefined;
  return new CutOffTooOften(
    `It was cut off ${cutOff} times before it came to an end: its process ended, or stood still. Look for the cause in Node-RED's log, then replay it.`,
  );
}

/** What to do with a job whose try failed as a whole. */
export type Verdict = { readonly bury: boolean; readonly countAttempt: boolean; readonly delayMs: number };

/** Faults that are no fault of the job: they use up none of its attempts, however long they last. */
const UNCOUNTED: ReadonlySet<OdooErrorCode | StoreErrorCode> = new Set([
  // Odoo under maintenance must not kill the jobs that wait for it; neither must a store that is away, or on a full disk.
  'unavailable',
  'full',
  // Another version goes first: that one's writes may wait for Odoo as long as it is away.
  'out-of-turn',
  // Wrong credentials, or no such database: an administrator will mend them. (A model that this user may not touch is
  // the job's fault, and does not come this far.)
  'access',
]);

/** The verdict on a failed try. `claims` is how often the job has been claimed, counted or not: the wait grows with it. */
export function verdict(error: unknown, job: { attempt: number; maxAttempts: number; claims: number }): Verdict {
  if (error instanceof CalledOff) return { bury: false, countAttempt: false, delayMs: 0 };
  if (error instanceof CutOffTooOften) return { bury: true, countAttempt: false, delayMs: 0 };
  const code = error instanceof OdooError || error instanceof StoreError ? error.code : undefined;
  const delayMs = backoff(job.claims);
  if (error instanceof OutcomePending) {
    // Looking costs no attempt; what was sent and lost does.
    const bury = error.sent && job.attempt >= job.maxAttempts;
    return { bury, countAttempt: error.sent, delayMs: Math.max(0, Math.min(delayMs, error.until - Date.now())) };
  }
  // Its turn comes with the other's end, however often it has looked.
  if (error instanceof OutOfTurn)
    return { bury: false, countAttempt: false, delayMs: Math.max(0, error.until - Date.now()) + backoff(1) };
  if (code && UNCOUNTED.has(code)) return { bury: false, countAttempt: false, delayMs };
  return { bury: job.attempt >= job.maxAttempts, countAttempt: true, delayMs };
}
