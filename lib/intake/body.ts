import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { IntakeError } from './errors.ts';

export type Measured = { readonly stream: Readable; readonly hash: () => string };

/** Bytes that are passed on at a time: what is parsed between two turns of the event loop, some milliseconds' worth. */
const SLICE = 8 * 1024;

/** The body as a stream that is hashed on its way and cut off when it is over the limit (IntakeError `too-large`). */
export function measured(body: Readable | string | Buffer, maxBytes: number): Measured {
  const sha = createHash('sha256');
  const source = body instanceof Readable ? body : Readable.from(slices(typeof body === 'string' ? Buffer.from(body) : body));
  let size = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      size += chunk.length;
      if (size > maxBytes) {
        callback(
          new IntakeError(
            'too-large',
            `The body is over the limit of ${Math.round(maxBytes / 1024 / 1024)} MB. Send it in parts, or raise the limit.`,
          ),
        );
        return;
      }
      sha.update(chunk);
      for (let at = 0; at < chunk.length; at += SLICE) this.push(chunk.subarray(at, at + SLICE));
      callback();
    },
  });
  source.on('error', (error) => meter.destroy(error));
  meter.on('close', () => source.unpipe?.(meter));
  return { stream: source.pipe(meter), hash: () => sha.copy().digest('hex') };
}

function* slices(buffer: Buffer): Generator<Buffer> {
  for (let at = 0; at < buffer.length; at += SLICE) yield buffer.subarray(at, at + SLICE);
}
