import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { IntakeError } from './errors.ts';

/** Bytes by which a body's encoding and form are told. */
const PEEK = 8 * 1024;

/** Reads on until there is enough to tell what the body is. Throws IntakeError `empty` for nothing but white space. */
export async function peek(stream: Readable): Promise<{ head: Buffer; rest: AsyncIterator<Buffer> }> {
  const rest = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < PEEK) {
    const next = await rest.next();
    if (next.done) break;
    chunks.push(next.value);
    size += next.value.length;
  }
  const head = Buffer.concat(chunks);
  if (head.toString('latin1').replaceAll('\0', '').trim() === '')
    throw new IntakeError('empty', 'The body is empty. Send a forecast as CSV or JSON.');
  return { head, rest };
}

/** The encoding by the byte order mark; else UTF-8 where the bytes are, else Windows' Western one, as older planners write. */
export function encodingOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  // The last character may be cut in two.
  for (let cut = 0; cut < 4; cut++) if (isUtf8(head.subarray(0, head.length - cut))) return 'utf-8';
  return 'windows-1252';
}

/** The body's text, piece by piece, without its byte order mark; a turn of the event loop lies between two pieces. */
export async function* decoded(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder(encodingOf(head));
  yield decoder.decode(head, { stream: true });
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    await nextTurn();
    yield decoder.decode(next.value, { stream: true });
  }
  yield decoder.decode();
}
