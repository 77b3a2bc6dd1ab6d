import { IntakeError } from '../../lib/intake/errors.ts';
import { answerNotAllowed } from '../../lib/node/identity.ts';
import { StoreError } from '../../lib/store/errors.ts';
import type { RunSummary } from '../../lib/store/summary.ts';

export type Reply = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
};

const JSON_TYPE = { 'content-type': 'application/json' };
const RETRY_SECONDS = 30;

/** The node stops while it takes a body in: nothing was accepted. */
export class Stopping extends Error {
  override readonly name = 'Stopping';
  constructor() {
    super('Node-RED is stopping, or a new flow is being deployed. Send it again.');
  }
}

/** 202: the run is on disk. */
export function accepted(summary: RunSummary): Reply {
  return { statusCode: 202, headers: JSON_TYPE, payload: summary };
}

/** What is answered when nothing was accepted: the sender's fault in words, or 503 while the store refuses. */
export function refused(error: unknown): Reply {
  const text = (error as Error).message;
  if (error instanceof IntakeError) {
    // The rest of a body that is too large is not read; the connection cannot be used again.
    const headers = error.status === 413 ? { ...JSON_TYPE, connection: 'close' } : JSON_TYPE;
    return { statusCode: error.status, headers, payload: { error: text, code: error.code, ...error.details } };
  }
  const notAllowed = answerNotAllowed(error);
  if (notAllowed) return notAllowed;
  const code = error instanceof StoreError ? error.code : 'unavailable';
  const payload = { error: `Nothing was accepted: ${text}`, code };
  return { statusCode: 503, headers: { ...JSON_TYPE, 'retry-after': String(RETRY_SECONDS) }, payload };
}
