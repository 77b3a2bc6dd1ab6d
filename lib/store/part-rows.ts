import { pacer } from './pace.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Cells that are written or parsed at a stretch. */
const CELLS = 10_000;

/**
 * Rows as text: a line with the columns, then lines of rows as lists of values, a few rows a line. Half the size of
 * objects, and short enough a line that neither writing nor parsing it holds up the event loop. Rows that share few
 * columns stay objects, and the first line is `null`.
 */
export async function packRows(rows: readonly Row[]): Promise<string> {
  const pace = pacer();
  const columns = new Set<string>();
  let cells = 0;
  for (const row of rows) {
    const keys = Object.keys(row);
    cells += keys.length;
    for (const key of keys) columns.add(key);
    await pace();
  }
  const names = [...columns];
  const asLists = names.length * rows.length <= 4 * cells;
  const lines = [JSON.stringify(asLists ? names : null)];
  const size = Math.max(1, Math.floor(CELLS / Math.max(1, asLists ? names.length : cells / rows.length)));
  for (let at = 0; at < rows.length; at += size) {
    const some = rows.slice(at, at + size);
    lines.push(JSON.stringify(asLists ? some.map((row) => valuesOf(row, names)) : some));
    await pace();
  }
  return lines.join('\n');
}

/** The rows of a packed part. A field that held nothing (null) is left out. */
export async function unpackRows(body: string): Promise<Row[]> {
  const pace = pacer();
  const [first = 'null', ...lines] = body.split('\n');
  const columns = JSON.parse(first) as string[] | null;
  const rows: Row[] = [];
  for (const line of lines) {
    for (const packed of JSON.parse(line) as (unknown[] | Record<string, unknown>)[]) {
      const entries: [string, unknown][] = columns
        ? columns.map((column, at) => [column, (packed as unknown[])[at]])
        : Object.entries(packed);
      // Built from entries, every field is the row's own, whatever it is called.
      rows.push(Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined)));
    }
    await pace();
  }
  return rows;
}

function valuesOf(row: Row, columns: readonly string[]): unknown[] {
  return columns.map((column) => (Object.hasOwn(row, column) ? row[column] : undefined));
}
