import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FlowRecord, LINE, UNREADABLE } from '../canonical/marks.ts';
import { type CsvRecord, csvCutter } from './csv-records.ts';
import { IntakeError } from './errors.ts';
import { NOT_TEXT, readField } from './fields.ts';

const MOST_COLUMNS = 10_000;
const LONGEST_NAME = 200;
/** Records between two turns of the event loop: cutting a piece full of faulty lines takes its time. */
const TURN = 100;

/** The delimiter that stands most often in the first line that is not blank, outside quotes. */
export function delimiterOf(text: string): string {
  const header = text.split(/\r\n|\n|\r/).find((line) => line.trim() !== '') ?? '';
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

/**
 * The rows of a CSV text: header names trimmed, blank lines left out, each row with the line of the file that it begins
 * on. A row with too few or too many columns, quotes that make no sense, a cell over 100,000 characters, a NUL or bytes
 * that are no text comes as `$unreadable` with the reason. Columns without a name are left out, and so are those that
 * begin with `$`: that is how marks begin. `onHeader` may throw.
 * Throws IntakeError `unreadable` for a header that cannot name columns.
 *
 * @param first the text's beginning, with the whole header where that is of ordinary length: it tells the delimiter
 */
export async function* csvRows(
  first: string,
  rest: AsyncIterable<string>,
  onHeader: (columns: readonly string[]) => void,
): AsyncGenerator<FlowRecord> {
  const cutter = csvCutter(delimiterOf(first));
  let columns: readonly string[] | undefined;
  let cut = 0;

  async function* rowsOf(records: Iterable<CsvRecord>): AsyncGenerator<FlowRecord> {
    for (const record of records) {
      if (++cut % TURN === 0) await nextTurn();
      if (record.fault !== undefined) {
        if (!columns) throw new IntakeError('unreadable', `The header cannot be read: ${record.fault}.`);
        yield unreadable(record.line, record.fault);
      } else if (isBlank(record.cells)) continue;
      else if (columns) yield rowOf(columns, record.cells, record.line);
      else {
        columns = checkedHeader(record.cells);
        onHeader(columns);
      }
    }
  }
  yield* rowsOf(cutter.take(first));
  for await (const piece of rest) yield* rowsOf(cutter.take(piece));
  yield* rowsOf(cutter.end());
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function unreadable(line: number, why: string): FlowRecord {
  return { [LINE]: line, [UNREADABLE]: `Line ${line}: ${why}.` };
}

function checkedHeader(record: readonly string[]): readonly string[] {
  if (record.length > MOST_COLUMNS)
    throw new IntakeError('unreadable', `The header has ${record.length} columns; the most is ${MOST_COLUMNS}.`);
  const columns = record.map((name) => name.trim());
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of columns) {
    if (name.length > LONGEST_NAME)
      throw new IntakeError('unreadable', `The header has a column whose name is over ${LONGEST_NAME} characters long.`);
    if (name.includes('\0') || name.includes(NOT_TEXT))
      throw new IntakeError('unreadable', 'The header is not text. Send the forecast as CSV or JSON, not as a spreadsheet.');
    if (name !== '' && seen.has(name)) twice.add(name);
    seen.add(name);
  }
  if (twice.size > 0)
    throw new IntakeError('unreadable', `The header names a column twice: ${[...twice].slice(0, 10).join(', ')}.`);
  return columns;
}

function rowOf(columns: readonly string[], cells: readonly string[], line: number): FlowRecord {
  if (cells.length !== columns.length)
    return unreadable(line, `it has ${cells.length} columns, the header has ${columns.length}`);
  const row: Record<string, unknown> = {};
  for (let at = 0; at < cells.length; at++) {
    const why = readField(row, columns[at] ?? '', cells[at]);
    if (why !== undefined) return unreadable(line, why);
  }
  row[LINE] = line;
  return row;
}
