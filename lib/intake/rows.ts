import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FlowRecord } from '../canonical/marks.ts';
import { measured } from './body.ts';
import { csvRows } from './csv.ts';
import { IntakeError } from './errors.ts';
import { jsonRows } from './json.ts';
import { decoded, peek } from './text.ts';

export type RowOptions = {
  /** The sender's content type; where it says nothing of use, the text itself tells. */
  readonly contentType?: string | undefined;
  readonly maxBytes: number;
  /** Columns without which a CSV is not taken. */
  readonly columns?: readonly string[];
};

export type ReadBody = {
  /** Rows in batches of a thousand, each row with its `$line`. Throws IntakeError. */
  readonly batches: AsyncGenerator<FlowRecord[]>;
  /** SHA-256 of the body, once all batches are read. */
  readonly hash: () => string;
};

const BATCH = 1000;

const FORMS: readonly (readonly [RegExp, 'csv' | 'json' | 'sniff'])[] = [
  [/^(text|application)\/(csv|tab-separated-values|vnd\.ms-excel)\b/, 'csv'],
  [/^application\/(json|x-ndjson|ndjson|jsonl)\b|^application\/.*\+json\b/, 'json'],
  [/^(text\/plain|application\/octet-stream|application\/x-www-form-urlencoded|)(;|$)/, 'sniff'],
];

/** Reads a body as rows, as a stream: CSV or JSON by its content type, or by how it begins. */
export function readRows(body: Readable | string | Buffer, options: RowOptions): ReadBody {
  const { stream, hash } = measured(body, options.maxBytes);
  return { batches: inBatches(rows(stream, options)), hash };
}

async function* rows(stream: Readable, { contentType = '', columns = [] }: RowOptions): AsyncGenerator<FlowRecord> {
  const type = contentType.trim().toLowerCase();
  const form = FORMS.find(([pattern]) => pattern.test(type))?.[1];
  if (!form) {
    stream.destroy();
    throw new IntakeError(
      'unsupported-type',
      `A body of type ${type.split(';')[0]} is not taken. Send text/csv or application/json.`,
    );
  }
  const { head, rest } = await peek(stream);
  const text = decoded(head, rest);
  const first = (await text.next()).value ?? '';
  const json = form === 'json' || (form === 'sniff' && /^\s*[[{]/.test(first));
  if (json) yield* jsonRows(joined(first, text));
  else yield* csvRows(first, text, (found) => needColumns(columns, found));
}

function needColumns(needed: readonly string[], found: readonly string[]): void {
  const missing = needed.filter((column) => !found.includes(column));
  if (missing.length === 0) return;
  const shown = found.slice(0, 50).join(', ');
  const text = `The header lacks ${missing.join(', ')}. It has: ${shown}. Rename the columns, or choose the mapping of this format.`;
  throw new IntakeError('missing-columns', text, { missing, found: found.slice(0, 50) });
}

async function* joined(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

async function* inBatches(source: AsyncGenerator<FlowRecord>): AsyncGenerator<FlowRecord[]> {
  let batch: FlowRecord[] = [];
  for await (const row of source) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
    // What the streams hold ready would else be worked off in one turn of the event loop.
    await nextTurn();
  }
  if (batch.length > 0) yield batch;
}
