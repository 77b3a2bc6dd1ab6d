import type { IncomingMessage, ServerResponse } from 'node:http';
import { IntakeError } from '../../lib/intake/errors.ts';
import { type Body, streamOf } from './body.ts';
import type { Reply } from './reply.ts';

/** How long the rest of a body that is not taken may keep coming before the connection is cut. */
const LINGER_MILLISECONDS = 5_000;

/** The body of a request. Throws IntakeError for one that need not be read. */
export function bodyOfRequest(request: IncomingMessage, maxBytes: number): Body {
  const { headers } = request;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new IntakeError('unsupported-type', `A body in the encoding ${encoding} is not taken. Send it as it is.`);
  if (Number(headers['content-length'] ?? 0) > maxBytes)
    throw new IntakeError(
      'too-large',
      `The body is over the limit of ${Math.round(maxBytes / 1024 / 1024)} MB. Send it in parts, or raise the limit.`,
    );
  const { originalUrl = '' } = request as IncomingMessage & { originalUrl?: string };
  return { body: streamOf(request), source: originalUrl, contentType: headers['content-type'] };
}

/**
 * Answers a request. A sender that is still sending gets the answer too: the rest of its body is read and dropped, for
 * cutting the connection at once would take the answer away from it.
 */
export function respond(request: IncomingMessage, response: ServerResponse, { statusCode, headers, payload }: Reply): void {
  const text = Buffer.from(JSON.stringify(payload));
  response.on('error', () => {});
  if (request.complete || request.destroyed) {
    response.writeHead(statusCode, { ...headers, 'content-length': text.length }).end(text);
    return;
  }
  response.writeHead(statusCode, { ...headers, 'content-length': text.length, connection: 'close' }).write(text);
  const over = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(over, LINGER_MILLISECONDS);
  request.unpipe();
  request.on('end', over).on('close', over).resume();
}
