import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { FlowRecord } from '../../lib/canonical/marks.ts';
import { IntakeError } from '../../lib/intake/errors.ts';
import { contentTypeOf } from '../../lib/intake/folder.ts';
import type { FlowMessage } from '../../lib/node/types.ts';

export type Body = {
  readonly body: Readable | string | Buffer | readonly FlowRecord[];
  readonly source: string;
  readonly contentType: string | undefined;
};

/**
 * The forecast that a message brings: its payload, or the file that `msg.filename` names when there is no payload.
 * Rejects with IntakeError where it brings none, or the file cannot be read.
 */
export async function bodyOf(message: FlowMessage): Promise<Body> {
  const { payload, filename } = message;
  const request = message.req as { headers?: Record<string, string>; originalUrl?: string } | undefined;
  const given = (message.headers as Record<string, string> | undefined)?.['content-type'] ?? request?.headers?.['content-type'];
  const source = typeof filename === 'string' ? filename : (message.topic ?? request?.originalUrl ?? 'message');
  if (typeof payload === 'string' || Buffer.isBuffer(payload) || payload instanceof Readable)
    return { body: payload, source, contentType: given };
  if (Array.isArray(payload)) return { body: payload as FlowRecord[], source, contentType: 'application/json' };
  if (payload && typeof payload === 'object') return { body: JSON.stringify(payload), source, contentType: 'application/json' };
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
