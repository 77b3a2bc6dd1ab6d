import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { type FlowRecord, LINE, UNREADABLE } from '../canonical/marks.ts';
import { IntakeError } from './errors.ts';

const MOST_COLUMNS = 10_000;
const LONGEST_CELL = 100_000;
/** A quote that never closes would make the rest of the file one cell; this is as far as it reaches. */
const LONGEST_RECORD = 1_000_000;

/** The delimiter that stands most often in the header, outside quotes. */
export function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

type Parsed = {
  readonly record: string[];
  readonly info: { readonly lines: number; readonly error?: { code: string; message: string } };
};

/**
 * The rows of a CSV text: header names trimmed, blank lines left out, each row with the line that it begins on. A row
 * with too few or too many columns, a cell over 100,000 characters or a NUL comes as `$unreadable` with the reason.
 * Throws IntakeError `unreadable` for a header that cannot name columns.
 */
export async function* csvRows(
  first: string,
  rest: AsyncIterable<string>,
  onHeader: (columns: string[]) => void,
): AsyncGenerator<FlowRecord> {
  const header = first.split(/\r\n|\n|\r/, 1)[0] ?? '';
  const skipped: FlowRecord[] = [];
  const parser = parse({
    delimiter: delimiterOf(header),
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: LONGEST_RECORD,
    skip_records_with_error: true,
    on_skip: (error) => {
      skipped.push(unreadable(Number(error?.lines ?? 1), FAULTS[error?.code ?? ''] ?? String(error?.message)));
      return undefined;
    },
  });
  const text = Readable.from(
    (async function* () {
      yield first;
      yield* rest;
    })(),
  );
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);

  let columns: string[] | undefined;
  let begins = 1;
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    const line = begins;
    while (skipped[0] && Number(skipped[0][LINE]) < line) yield skipped.shift() ?? {};
    begins = info.lines + 1;
    if (record.every((cell) => cell.trim() === '')) continue;
    if (columns) yield rowOf(columns, record, line);
    else {
      columns = checkedHeader(record);
      onHeader(columns);
    }
  }
  if (!columns) throw new IntakeError('unreadable', `The header cannot be read. ${skipped[0]?.[UNREADABLE] ?? ''}`);
  yield* skipped;
}

/** What csv-parse finds wrong, in words. What comes after a quote that never closes cannot be told apart any more. */
const FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote opens here or above and never closes; what stands from there on cannot be read',
  CSV_MAX_RECORD_SIZE: `a record is over ${LONGEST_RECORD} characters; a quote may be open`,
};

const unreadable = (line: number, why: string): FlowRecord => ({ [LINE]: line, [UNREADABLE]: `Line ${line}: ${why}.` });

function checkedHeader(record: readonly string[]): string[] {
  const columns = record.map((name) => name.trim());
  if (columns.length > MOST_COLUMNS)
    throw new IntakeError('unreadable', `The header has ${columns.length} columns; the most is ${MOST_COLUMNS}.`);
  const twice = columns.filter((name, at) => name !== '' && columns.indexOf(name) !== at);
  if (twice.length > 0)
    throw new IntakeError('unreadable', `The header names a column twice: ${[...new Set(twice)].slice(0, 10).join(', ')}.`);
  return columns;
}

function rowOf(columns: readonly string[], cells: readonly string[], line: number): FlowRecord {
  if (cells.length !== columns.length)
    return unreadable(line, `it has ${cells.length} columns, the header has ${columns.length}`);
  const row: Record<string, unknown> = {};
  for (const [at, cell] of cells.entries()) {
    const column = columns[at] ?? '';
    if (cell.length > LONGEST_CELL)
      return unreadable(line, `the value of ${column} has ${cell.length} characters; the most is ${LONGEST_CELL}`);
    if (cell.includes('\0')) return unreadable(line, `the value of ${column} holds a NUL character`);
    // An own property, whatever the column is called.
    if (column !== '') Object.defineProperty(row, column, { value: cell, writable: true, enumerable: true, configurable: true });
  }
  row[LINE] = line;
  return row;
}
