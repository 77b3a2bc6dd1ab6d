import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { IntakeError } from '../../lib/intake/errors.ts';
import { contentTypeOf } from '../../lib/intake/folder.ts';
import type { FlowMessage } from '../../lib/node/types.ts';

export type Body = {
  readonly body: Readable | string | Buffer;
  readonly source: string;
  readonly contentType: string | undefined;
};

const JSON_TYPE = 'application/json';
const RECORDS_AT_ONCE = 200;

/**
 * The forecast that a message brings: its payload, or, where there is none, the body of its request (from an `http in`
 * that does not parse it) or the file that `msg.filename` names.
 * Rejects with IntakeError where it brings none, or the file cannot be read.
 */
export async function bodyOf(message: FlowMessage): Promise<Body> {
  const { payload, filename, req: request } = message;
  const { headers, originalUrl } = (request ?? {}) as { headers?: Record<string, string>; originalUrl?: string };
  const contentType = (message.headers as Record<string, string> | undefined)?.['content-type'] ?? headers?.['content-type'];
  const source = typeof filename === 'string' ? filename : (message.topic ?? originalUrl ?? 'message');
  if (typeof payload === 'string' || Buffer.isBuffer(payload) || payload instanceof Readable)
    return { body: payload, source, contentType };
  if (Array.isArray(payload)) return { body: asJson(payload), source, contentType: JSON_TYPE };
  if (payload && typeof payload === 'object') return { body: asJson(linesOf(payload)), source, contentType: JSON_TYPE };
  if (request instanceof Readable && !request.readableEnded) return { body: streamOf(request), source, contentType };
  if (typeof filename === 'string') {
    await access(filename, constants.R_OK).catch(({ code }: NodeJS.ErrnoException) => {
      throw new IntakeError('unreadable', `The file ${filename} cannot be read (${code}). Check its name and its permissions.`);
    });
    return { body: createReadStream(filename), source, contentType: contentTypeOf(filename) };
  }
  throw new IntakeError(
    'empty',
    'The message brings no forecast: msg.payload is text, a buffer, an object or a list, or msg.filename names a file.',
  );
}

/** A request's body as a stream of its own: when it is destroyed, the request still has a connection to be answered on. */
export function streamOf(request: Readable): Readable {
  const body = new PassThrough();
  request.on('error', (error) => body.destroy(error));
  return request.pipe(body);
}

/** An object is one line, or holds them under `lines`. */
function linesOf(payload: object): readonly unknown[] {
  const { lines } = payload as { lines?: unknown };
  return Array.isArray(lines) ? lines : [payload];
}

/** Records as JSON, some at a time: writing a large list at once would hold up the event loop. */
function asJson(records: readonly unknown[]): Readable {
  return Readable.from(texts(records));
}

async function* texts(records: readonly unknown[]): AsyncGenerator<string> {
  yield '[';
  for (let at = 0; at < records.length; at += RECORDS_AT_ONCE) {
    const some = records.slice(at, at + RECORDS_AT_ONCE).map(textOf);
    yield (at > 0 ? ',' : '') + some.join(',');
    await nextTurn();
  }
  yield ']';
}

function textOf(record: unknown): string {
  try {
    return JSON.stringify(record) ?? 'null';
  } catch (error) {
    throw new IntakeError('unreadable', `A record cannot be written as JSON: ${(error as Error).message}`);
  }
}
