/**
 * What can go wrong between us and Odoo. A closed list: every transport and every Odoo version is folded into it.
 *
 * - `access`           wrong credentials, no such database, or a record or model that this user may not touch
 * - `not-found`        no such model, method or record
 * - `validation`       Odoo refused what was sent: UserError, ValidationError, a constraint, an unparsable domain
 * - `locked`           a concurrent change won, after Odoo's own retries; safe to send again
 * - `redirect`         RedirectWarning: Odoo wants a person to configure something first
 * - `unavailable`      nothing was sent or nothing was done: no such host, refused, 503, throttled, a read without an answer; safe to send again
 * - `unknown-outcome`  it was sent and no answer came: time-out, cut, 502, 504; look it up before sending again
 * - `protocol`         the answer is not Odoo's: an HTML page, an answer over the size limit, broken JSON or XML
 */
export const ODOO_ERROR_CODES = [
  'access',
  'not-found',
  'validation',
  'locked',
  'redirect',
  'unavailable',
  'unknown-outcome',
  'protocol',
] as const;
export type OdooErrorCode = (typeof ODOO_ERROR_CODES)[number];

export type OdooErrorDetails = {
  /** Odoo's own exception class, such as `odoo.exceptions.UserError`. */
  readonly exception?: string;
  /** HTTP status of the answer, where there was one. */
  readonly status?: number;
  readonly model?: string;
  readonly method?: string;
  readonly cause?: unknown;
};

/** A call to Odoo that did not give what it should; `message` carries Odoo's own words. */
export class OdooError extends Error {
  readonly code: OdooErrorCode;
  readonly exception: string | undefined;
  readonly status: number | undefined;
  readonly model: string | undefined;
  readonly method: string | undefined;

  constructor(code: OdooErrorCode, message: string, details: OdooErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'OdooError';
    this.code = code;
    this.exception = details.exception;
    this.status = details.status;
    this.model = details.model;
    this.method = details.method;
  }
}
