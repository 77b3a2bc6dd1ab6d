import { OdooError, type OdooErrorCode, type OdooErrorDetails } from '../errors.ts';
import type { HttpAnswer } from './http.ts';

/** Odoo's exception classes, by the end of their name. What is not here was raised while Odoo worked, and rolled back. */
const BY_EXCEPTION: readonly (readonly [RegExp, OdooErrorCode])[] = [
  [/(AccessDenied|AccessError|Unauthorized|Forbidden|SessionExpiredException)$/, 'access'],
  [/(MissingError|NotFound)$/, 'not-found'],
  [/RedirectWarning$/, 'redirect'],
  [/(SerializationFailure|LockNotAvailable|DeadlockDetected|TransactionRollbackError|ConcurrencyError|LockError)$/, 'locked'],
  [/(OperationalError|InterfaceError|PoolError)$/, 'unavailable'],
];

/** What Odoo says of a model or method it does not have, in the versions that raise no class of its own for it. */
const MISSING_CODE =
  /^Object .+ doesn't exist|^The method '.+' does not exist|^type object '.+' has no attribute '\w+'$|^the model '.+' does not exist/;
const MISSING_DATABASE = /database "?[^"]*"? does not exist|No database is selected/;

/** The words meant for a person: a RedirectWarning's message runs on into the action and the button that it carries. */
export function wordsOf(name: string, message: string, given: readonly unknown[] | undefined): string {
  const first = given?.[0];
  return name.endsWith('RedirectWarning') && typeof first === 'string' ? first : message;
}

/** The error for an exception that Odoo named, in whatever protocol it was told. */
export function odooFault(exception: string, message: string, details: OdooErrorDetails = {}): OdooError {
  const words = message.trim() || exception;
  if (MISSING_DATABASE.test(words))
    return new OdooError('access', 'Odoo has no such database. Check its name.', { ...details, exception });
  const code = MISSING_CODE.test(words)
    ? 'not-found'
    : (BY_EXCEPTION.find(([pattern]) => pattern.test(exception))?.[1] ?? 'validation');
  return new OdooError(code, words, { ...details, exception });
}

/** The error for an answer that is told by its HTTP status alone: a proxy's page, a server that is not an Odoo. */
export function httpFault(answer: HttpAnswer, details: OdooErrorDetails = {}): OdooError {
  const { status, contentType, text, location } = answer;
  const given = { ...details, status };
  if (MISSING_DATABASE.test(text)) return new OdooError('access', 'Odoo has no such database. Check its name.', given);
  if (status === 502 || status === 504)
    return new OdooError(
      'unknown-outcome',
      `Outcome unknown: a proxy before Odoo answered ${status}; whether Odoo did what was asked is not known.`,
      given,
    );
  if (status === 503 || status === 429)
    return new OdooError('unavailable', `Odoo is not available for now (HTTP ${status}). It is asked again later.`, given);
  if (status === 401 || status === 403) return new OdooError('access', `Odoo's server refused access (HTTP ${status}).`, given);
  if (status >= 300 && status < 400)
    return new OdooError(
      'protocol',
      `The server sends on to another address${location ? ` (${location})` : ''}. Set that one.`,
      given,
    );
  const kind = contentType.split(';')[0] || 'no content type';
  return new OdooError('protocol', `The server's answer is not Odoo's (HTTP ${status}, ${kind}). Check the address.`, given);
}

/** JSON from an answer, or the error that says what came instead. */
export function parseJson(answer: HttpAnswer, details: OdooErrorDetails = {}): unknown {
  if (!answer.contentType.includes('json')) throw httpFault(answer, details);
  try {
    return JSON.parse(answer.text);
  } catch (cause) {
    throw new OdooError('protocol', 'The answer broke off or is not JSON.', { ...details, status: answer.status, cause });
  }
}
