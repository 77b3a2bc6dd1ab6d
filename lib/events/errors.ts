/**
 * - `unavailable`  the broker does not answer, or has no room for us now
 * - `refused`      it does not let us in, or not subscribe
 * - `tls`          no secure connection comes about
 * - `taken-over`   another client came in under our client id
 */
export type BrokerErrorCode = 'unavailable' | 'refused' | 'tls' | 'taken-over';

/** The broker could not be used; it is tried again. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
