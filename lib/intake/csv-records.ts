import { CsvError, type Info, type Options, parse } from 'csv-parse/sync';

/** As many bytes as a record may have; anything near this is no forecast line. */
export const LONGEST_RECORD = 256 * 1024;
/** As many lines of the file as one record may reach over: a quote still open after them was never meant to open. */
export const MOST_LINES = 100;

const [LINE_FEED, RETURN] = [10, 13];

/** A record, or why there is none, with the line of the file that it begins on. */
export type CsvRecord =
  | { readonly line: number; readonly cells: string[]; readonly fault?: never }
  | { readonly line: number; readonly fault: string };

type Parsed = { readonly cells: string[]; readonly bytes: number; readonly lines: number };

/** What csv-parse finds wrong with quotes, in words. */
const FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: `a quote opens and is still open at the end of the file or ${MOST_LINES} lines on`,
  CSV_INVALID_CLOSING_QUOTE: 'a quote stands inside a quoted value; write it twice',
  INVALID_OPENING_QUOTE: 'a quote stands inside a value that does not begin with one',
};

/**
 * Cuts CSV text into records (RFC 4180, with any line end, and with a quote inside an unquoted cell taken as it stands).
 * A record whose quotes make no sense costs only the line that it begins on: reading goes on at the line below, so a quote
 * that never closes does not swallow the lines that follow. Holds at most one piece and one record's text.
 */
export function csvCutter(delimiter: string) {
  const options: Options = { delimiter, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, info: true };
  let text: Buffer = Buffer.alloc(0);
  let line = 1;
  /** Leaving out the rest of a line that is no record. */
  let skipping = false;

  function* cut(last: boolean): Generator<CsvRecord> {
    while (text.length > 0) {
      if (skipping && !skipLine(last)) return;
      const block = text.subarray(0, last ? text.length : endOfLines(text));
      const { records, fault } = parsed(block, options);
      for (const { cells, lines } of records) {
        yield { line, cells };
        line += lines;
      }
      text = text.subarray(records.reduce((sum, { bytes }) => sum + bytes, 0));
      if (!fault && text.length <= LONGEST_RECORD) return;
      if (!fault) yield { line, fault: `it has over ${LONGEST_RECORD} characters` };
      else if (fault === 'CSV_QUOTE_NOT_CLOSED' && !last && mayStillClose(text)) return;
      else yield relaxed(fault);
      skipping = true;
    }
  }

  /** Drops the text up to the next line's beginning; false where that is not in sight yet. */
  function skipLine(last: boolean): boolean {
    const end = endOfLine(text);
    if (end === undefined || (end === text.length && text[end - 1] === RETURN && !last)) {
      text = end === undefined ? Buffer.alloc(0) : text.subarray(end - 1);
      return false;
    }
    text = text.subarray(end);
    line++;
    skipping = false;
    return true;
  }

  /** The record of a line with stray quotes in unquoted cells, as in `26" wheel`; else why it is none. */
  function relaxed(fault: string): CsvRecord {
    const [record, more] =
      fault === 'INVALID_OPENING_QUOTE'
        ? parsed(text.subarray(0, endOfLine(text)), { ...options, relax_quotes: true }).records
        : [];
    return record && !more ? { line, cells: record.cells } : { line, fault: FAULTS[fault] ?? fault };
  }

  return {
    *take(piece: string): Generator<CsvRecord> {
      text = Buffer.concat([text, Buffer.from(piece)]);
      yield* cut(false);
    },
    *end(): Generator<CsvRecord> {
      yield* cut(true);
    },
  };
}

/** The records up to the first one whose quotes make no sense, and csv-parse's code for what is wrong with that one. */
function parsed(block: Buffer, options: Options): { records: Parsed[]; fault?: string } {
  const records: Parsed[] = [];
  let before = { bytes: 0, lines: 0 };
  const onRecord = (record: unknown) => {
    const { record: cells, info } = record as { record: string[]; info: Info };
    records.push({ cells, bytes: info.bytes - before.bytes, lines: info.lines - before.lines });
    before = info;
    return undefined;
  };
  try {
    parse(block, { ...options, on_record: onRecord });
    return { records };
  } catch (error) {
    if (error instanceof CsvError) return { records, fault: error.code };
    throw error;
  }
}

/** Where the line after the first one begins. */
function endOfLine(text: Buffer): number | undefined {
  const at = text.findIndex((code) => code === LINE_FEED || code === RETURN);
  if (at < 0) return undefined;
  return text[at] === RETURN && text[at + 1] === LINE_FEED ? at + 2 : at + 1;
}

/** Where the last whole line ends. A carriage return at the very end may be the half of a line end. */
function endOfLines(text: Buffer): number {
  const whole = text[text.length - 1] === RETURN ? text.subarray(0, -1) : text;
  return Math.max(whole.lastIndexOf(LINE_FEED), whole.lastIndexOf(RETURN)) + 1;
}

function mayStillClose(text: Buffer): boolean {
  if (text.length > LONGEST_RECORD) return false;
  let lines = 0;
  for (const code of text) if (code === LINE_FEED && ++lines >= MOST_LINES) return false;
  return true;
}
