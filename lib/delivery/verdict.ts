import { OdooError, type OdooErrorCode } from '../odoo/errors.ts';
import { backoff } from './backoff.ts';

/** Work that was stopped between two calls, because its node stops or its lease was lost; it goes on later. */
export class CalledOff extends Error {
  override readonly name = 'CalledOff';
  constructor() {
    super('The work was stopped; it goes on with the next start.');
  }
}

/** What to do with a job whose try failed as a whole. */
export type Verdict = { readonly bury: boolean; readonly countAttempt: boolean; readonly delayMs: number };

/** Faults that are no fault of the job: they use up none of its attempts, however long they last. */
const UNCOUNTED: ReadonlySet<OdooErrorCode> = new Set([
  // Odoo under maintenance must not kill the jobs that wait for it.
  'unavailable',
  // Wrong credentials, or no such database: an administrator will mend them. (A model that this user may not touch is
  // the job's fault, and does not come this far.)
  'access',
]);

/** Odoo ends a call after 120 seconds; until then, what it does may not be there to be seen, and may still come. */
const ODOO_LIMIT_MILLISECONDS = 125_000;
const READS = /^(search|read|fields_get|has_access|check_access|context_get|formatted_read)/;

/**
 * The verdict on a failed try. `claims` is how often the job has been claimed, counted or not: the wait grows with it.
 * Only work that looks before it writes comes here after an unknown outcome; it may be done again once the outcome can be seen.
 */
export function verdict(error: unknown, job: { attempt: number; maxAttempts: number; claims: number }): Verdict {
  if (error instanceof CalledOff) return { bury: false, countAttempt: false, delayMs: 0 };
  const code = error instanceof OdooError ? error.code : undefined;
  const delayMs = backoff(job.claims);
  if (code && UNCOUNTED.has(code)) return { bury: false, countAttempt: false, delayMs };
  const lost =
    error instanceof OdooError && (code === 'unknown-outcome' || code === 'protocol') && !READS.test(error.method ?? '');
  return {
    bury: job.attempt >= job.maxAttempts,
    countAttempt: true,
    delayMs: lost ? Math.max(delayMs, ODOO_LIMIT_MILLISECONDS) : delayMs,
  };
}
