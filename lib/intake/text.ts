import { isAscii, isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { IntakeError } from './errors.ts';

/** Bytes by which a body's form is told. */
const PEEK = 8 * 1024;

/** Reads on until there is enough to tell what the body is. Throws IntakeError `empty` for nothing but white space. */
export async function peek(stream: Readable): Promise<{ head: Buffer; rest: AsyncIterator<Buffer> }> {
  const rest = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const chunks: Buffer[] = [];
  let size = 0;
  let blank = true;
  // White space alone tells nothing yet.
  while (size < PEEK || blank) {
    const next = await rest.next();
    if (next.done) break;
    chunks.push(next.value);
    size += next.value.length;
    blank &&= isBlank(next.value);
  }
  if (blank) throw new IntakeError('empty', 'The body is empty. Send a forecast as CSV or JSON.');
  return { head: Buffer.concat(chunks), rest };
}

function isBlank(bytes: Buffer): boolean {
  return (
    bytes
      .toString('latin1')
      .replace(/[\0\xef\xbb\xbf\xff\xfe]/g, '')
      .trim() === ''
  );
}

/** UTF-16 by its byte order mark, or by every other byte of plain text being NUL; undefined for anything else. */
function utf16(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second, third, fourth] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first && second === 0 && third && fourth === 0) return 'utf-16le';
  if (first === 0 && second && third === 0 && fourth) return 'utf-16be';
  return undefined;
}

/**
 * The body's text, piece by piece, without its byte order mark; a turn of the event loop lies between two pieces. It is
 * UTF-16 or UTF-8, or else Windows' Western encoding, as older planners write: which of the two shows at the first
 * character that is not ASCII, however far into the body that stands.
 */
export async function* decoded(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<string> {
  const wide = utf16(head);
  let decoder = wide && new TextDecoder(wide);
  let waiting: Buffer = Buffer.alloc(0);
  for (let bytes: Buffer | undefined = head; bytes; bytes = await nextOf(rest)) {
    if (!decoder) {
      const undecided = waiting.length > 0 ? Buffer.concat([waiting, bytes]) : bytes;
      waiting = Buffer.alloc(0);
      if (isAscii(undecided)) {
        yield undecided.toString('latin1');
        continue;
      }
      const encoding = encodingOf(undecided);
      if (!encoding) {
        waiting = undecided;
        continue;
      }
      decoder = new TextDecoder(encoding);
      yield decoder.decode(undecided, { stream: true });
    } else yield decoder.decode(bytes, { stream: true });
  }
  // What is cut off within its first character beyond ASCII is not UTF-8.
  yield decoder ? decoder.decode() : new TextDecoder('windows-1252').decode(waiting);
}

async function nextOf(rest: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const next = await rest.next();
  if (next.done) return undefined;
  await nextTurn();
  return next.value;
}

/** Which of the two it is; undefined while the only character that could tell is cut in two by the end of the piece. */
function encodingOf(bytes: Buffer): 'utf-8' | 'windows-1252' | undefined {
  if (isUtf8(bytes)) return 'utf-8';
  for (let cut = 1; cut < 4 && cut <= bytes.length; cut++) {
    const whole = bytes.subarray(0, bytes.length - cut);
    // The character cut in two begins with a byte from 0xC2 on, and the bytes after it are from 0x80 to 0xBF.
    const begins = bytes[bytes.length - cut] ?? 0;
    if (begins < 0xc2 || !isUtf8(whole)) continue;
    return isAscii(whole) ? undefined : 'utf-8';
  }
  return 'windows-1252';
}
