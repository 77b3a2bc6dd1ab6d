/**
 * - `empty`             nothing was sent
 * - `unsupported-type`  neither CSV nor JSON
 * - `missing-columns`   the header lacks columns that are needed
 * - `unreadable`        the body as a whole cannot be read
 * - `too-large`         over the limit
 */
export type IntakeErrorCode = 'empty' | 'unsupported-type' | 'missing-columns' | 'unreadable' | 'too-large';

const STATUS: Readonly<Record<IntakeErrorCode, number>> = {
  empty: 400,
  'unsupported-type': 400,
  'missing-columns': 400,
  unreadable: 400,
  'too-large': 413,
};

/** A body that is not accepted, as a whole; nothing of it is kept. */
export class IntakeError extends Error {
  readonly code: IntakeErrorCode;
  /** The HTTP status that says so. */
  readonly status: number;
  /** For `missing-columns`: which, and which were found. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: IntakeErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'IntakeError';
    this.code = code;
    this.status = STATUS[code];
    this.details = details;
  }
}
