import { OdooError, type OdooErrorCode } from '../odoo/errors.ts';

/** What to do with a job that failed as a whole: try again, try again without counting it, or give it up. */
export type Verdict = 'retry' | 'retry-uncounted' | 'bury';

/** Work after which it is not known what Odoo did, and which must not simply be done again. */
export class UnknownOutcome extends Error {
  override readonly name = 'UnknownOutcome';
}

const BY_CODE: Readonly<Record<OdooErrorCode, Verdict>> = {
  // Wrong credentials: an administrator will mend them, and the job with them.
  access: 'retry',
  'not-found': 'bury',
  validation: 'bury',
  redirect: 'bury',
  locked: 'retry',
  // Odoo under maintenance must not use up the attempts of what waits for it.
  unavailable: 'retry-uncounted',
  'unknown-outcome': 'retry',
  protocol: 'retry',
};

/** The verdict on a failed attempt. Work that looks before it writes may be done again after an unknown outcome. */
export function verdict(error: unknown, attempt: number, maxAttempts: number): Verdict {
  if (error instanceof UnknownOutcome) return 'bury';
  const wanted = error instanceof OdooError ? BY_CODE[error.code] : 'retry';
  return wanted === 'retry' && attempt >= maxAttempts ? 'bury' : wanted;
}
