import { createHash } from 'node:crypto';
import { SOURCE, type SourceMark } from '../canonical/marks.ts';
import { canonicalJson } from './canonical-json.ts';
import { pacer } from './pace.ts';

/** Records that are written or parsed at a stretch. */
const SLICE = 500;

export type PackedPayload = {
  readonly text: string;
  /** SHA-256 of the text: equal for equal content. */
  readonly hash: string;
  /** The sender's lines behind the payload's records. */
  readonly lines: number;
};

/**
 * A job's payload as text: JSON with sorted keys. A long list of `records` follows in lines of 500 each, so that neither
 * writing nor parsing it holds up the event loop.
 */
export async function packPayload(payload: unknown): Promise<PackedPayload> {
  const records = recordsOf(payload);
  const hash = createHash('sha256');
  const lines: string[] = [];
  const add = (line: string) => {
    hash.update(line);
    lines.push(line);
  };
  const pace = pacer();
  if (records.length <= SLICE) add(canonicalJson(payload));
  else {
    add(canonicalJson({ ...(payload as object), records: [] }));
    for (let at = 0; at < records.length; at += SLICE) {
      add(canonicalJson(records.slice(at, at + SLICE)));
      await pace();
    }
  }
  return {
    text: lines.join('\n'),
    hash: hash.digest('hex'),
    lines: records.reduce((total, record) => total + (record[SOURCE]?.lines ?? 1), 0),
  };
}

/** The payload that a text was made from. */
export async function unpackPayload(text: string): Promise<unknown> {
  const [first = 'null', ...rest] = text.split('\n');
  const payload = JSON.parse(first) as unknown;
  if (rest.length === 0) return payload;
  const pace = pacer();
  const records: unknown[] = [];
  for (const line of rest) {
    records.push(...(JSON.parse(line) as unknown[]));
    await pace();
  }
  return { ...(payload as object), records };
}

function recordsOf(payload: unknown): readonly { readonly [SOURCE]?: SourceMark }[] {
  const { records } = (payload ?? {}) as { records?: unknown };
  return Array.isArray(records) ? records : [];
}
