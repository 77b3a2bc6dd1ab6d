import type { Reason } from '../exceptions/catalogue.ts';

/**
 * Why a step could not do its work on one value. A value, not an exception: a file may have a hundred thousand bad lines.
 * `message` follows the name of the field and the value: `period: "2026-13" names month 13`.
 */
export class Fault {
  readonly message: string;
  readonly reason: Reason;

  constructor(message: string, reason: Reason = 'MALFORMED') {
    this.message = message;
    this.reason = reason;
  }
}
