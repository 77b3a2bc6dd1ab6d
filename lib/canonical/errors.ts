/**
 * What a canonical value can be wrong about.
 *
 * - `period`    not a day, an ISO week or a month that the calendar has
 * - `quantity`  not a finite decimal, or more digits than a quantity holds
 * - `unit`      two units that do not convert into each other, or a factor of zero
 * - `zone`      not a time zone of the IANA list
 */
export const CANONICAL_ERROR_CODES = ['period', 'quantity', 'unit', 'zone'] as const;
export type CanonicalErrorCode = (typeof CANONICAL_ERROR_CODES)[number];

/** A value that the canonical model does not know; `message` says what is wrong with it and what it should look like. */
export class CanonicalError extends Error {
  readonly code: CanonicalErrorCode;

  constructor(code: CanonicalErrorCode, message: string) {
    super(message);
    this.name = 'CanonicalError';
    this.code = code;
  }
}
