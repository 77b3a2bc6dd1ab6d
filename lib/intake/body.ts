import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { IntakeError } from './errors.ts';

export type Measured = { readonly stream: Readable; readonly hash: () => string };

/** Bytes that are passed on at a time: what is parsed between two turns of the event loop, some milliseconds' worth. */
const SLICE = 8 * 1024;
const MEGABYTE = 1024 * 1024;

/** The body as a stream that is hashed on its way and cut off when it is over the limit (IntakeError `too-large`). */
export function measured(body: Readable | string | Buffer, maxBytes: number): Measured {
  const sha = createHash('sha256');
  const source = body instanceof Readable ? body : Readable.from(typeof body === 'string' ? encoded(body) : slices(body));
  let size = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      size += chunk.length;
      if (size > maxBytes) {
        callback(
          new IntakeError(
            'too-large',
            `The body is over the limit of ${sizeText(maxBytes)}. Send it in parts, or raise the limit.`,
          ),
        );
        return;
      }
      sha.update(chunk);
      for (const slice of slices(chunk)) this.push(slice);
      callback();
    },
  });
  source.on('error', (error) => meter.destroy(error));
  // A connection that is cut ends without an end.
  source.on('close', () => {
    if (!source.readableEnded) meter.destroy(new IntakeError('unreadable', 'The body broke off before its end. Send it again.'));
  });
  meter.on('close', () => source.unpipe?.(meter));
  // Whoever reads it hears of its error; where nobody came to read, for the store refused, it would end the process.
  meter.on('error', () => undefined);
  return { stream: source.pipe(meter), hash: () => sha.copy().digest('hex') };
}

function sizeText(bytes: number): string {
  return bytes < MEGABYTE ? `${bytes} bytes` : `${Math.round(bytes / MEGABYTE)} MB`;
}

function* slices(buffer: Buffer): Generator<Buffer> {
  for (let at = 0; at < buffer.length; at += SLICE) yield buffer.subarray(at, at + SLICE);
}

/** A text's bytes, some at a time: encoding a long text at once would hold up the event loop. */
function* encoded(text: string): Generator<Buffer> {
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = Math.min(at + SLICE, text.length);
    // A pair of surrogates is one character.
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end++;
    yield Buffer.from(text.slice(at, end));
  }
}
