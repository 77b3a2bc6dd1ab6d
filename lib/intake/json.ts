import { type FlowRecord, LINE, UNREADABLE } from '../canonical/marks.ts';
import { IntakeError } from './errors.ts';
import { readField } from './fields.ts';

/** A record is a flat object; anything near this is no forecast line. */
const LONGEST_RECORD = 1_000_000;
const DEEPEST = 50;

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, COMMA] = [34, 92, 91, 93, 123, 125, 44];
const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9 || code === 0xfeff;

/**
 * The records of a JSON text, however long: a list of objects, `{"lines": [ … ]}`, one object, or objects one after the
 * other (NDJSON). The text is only cut between records here; each record is parsed by JSON.parse. A record that is no
 * object, over a million characters or nested over 50 deep comes as `$unreadable`.
 * Throws IntakeError `unreadable` for text that is not JSON, breaks off, or goes on after its end.
 */
export async function* jsonRows(pieces: AsyncIterable<string>): AsyncGenerator<FlowRecord> {
  const cutter = recordCutter();
  for await (const piece of pieces) for (const row of cutter.take(piece)) yield row;
  cutter.end();
}

function recordCutter() {
  /** `start`: nothing yet; `between`: before a record or a closing bracket; `within`: in a record; `after`: past the end. */
  let state: 'start' | 'between' | 'within' | 'after' = 'start';
  let form: 'list' | 'lines' | 'objects' = 'objects';
  let text = '';
  let depth = 0;
  let deepest = 0;
  let length = 0;
  let inText = false;
  let escaped = false;
  let comma = false;
  let count = 0;

  const fault = (what: string) =>
    new IntakeError(
      'unreadable',
      `The body is not JSON that can be read: ${what}, after ${count} record${count === 1 ? '' : 's'}.`,
    );

  const finished = (): FlowRecord => {
    count++;
    const unreadable = (why: string) => ({ [LINE]: count, [UNREADABLE]: `Record ${count}: ${why}.` });
    if (length > LONGEST_RECORD)
      return unreadable(
        `it has over ${LONGEST_RECORD} characters; lines go into a list that begins the body, as in [{…}, …] or {"lines": [{…}, …]}`,
      );
    if (deepest > DEEPEST) return unreadable(`it is nested over ${DEEPEST} deep`);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw fault((error as Error).message.replace(/ in JSON at position.*| is not valid JSON.*/s, ''));
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return unreadable('it is not an object with named values');
    const row: Record<string, unknown> = {};
    for (const [name, given] of Object.entries(value)) {
      const why = readField(row, name, given);
      if (why !== undefined) return unreadable(why);
    }
    row[LINE] = count;
    return row;
  };

  /** Begins a record at its first character. */
  const begin = () => {
    state = 'within';
    text = '';
    depth = 0;
    deepest = 0;
    length = 0;
    comma = false;
  };

  function* take(piece: string): Generator<FlowRecord> {
    // A record that began in an earlier piece goes on from this one's first character.
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (state === 'within') {
        if (inText) {
          if (escaped) escaped = false;
          else if (code === BACKSLASH) escaped = true;
          else if (code === QUOTE) inText = false;
          continue;
        }
        if (code === QUOTE) inText = true;
        else if (code === OPEN_LIST || code === OPEN_OBJECT) deepest = Math.max(deepest, ++depth);
        // A bare value ends where the next comma or the list's own bracket stands.
        else if (depth === 0 && (code === COMMA || code === CLOSE_LIST)) {
          keep(piece.slice(from, at));
          yield finished();
          state = 'between';
          comma = true;
          at--;
        } else if ((code === CLOSE_LIST || code === CLOSE_OBJECT) && --depth === 0) {
          keep(piece.slice(from, at + 1));
          yield* closed();
        }
        continue;
      }
      if (isSpace(code)) continue;
      if (state === 'after') {
        if (form === 'lines' && code === CLOSE_OBJECT) {
          form = 'list';
          continue;
        }
        throw fault('something stands after its end');
      }
      if (state === 'start') {
        if (code === OPEN_LIST) {
          form = 'list';
          state = 'between';
          continue;
        }
        if (code !== OPEN_OBJECT) throw fault(`it begins with ${JSON.stringify(piece.slice(at, at + 10))}`);
        const lines = /^\{\s*"lines"\s*:\s*\[/.exec(piece.slice(at, at + 1000));
        if (lines) {
          form = 'lines';
          state = 'between';
          at += lines[0].length - 1;
          continue;
        }
      }
      if (form !== 'objects') {
        if (code === CLOSE_LIST) {
          state = 'after';
          continue;
        }
        if (code === COMMA && comma) {
          comma = false;
          continue;
        }
        if (comma || code === COMMA) throw fault('a comma is missing or stands twice');
      } else if (code !== OPEN_OBJECT) throw fault(`${JSON.stringify(piece.slice(at, at + 10))} stands between two records`);
      begin();
      from = at;
      at--;
    }
    if (state === 'within') keep(piece.slice(from));
  }

  /** Keeps a piece of the record, as long as the record is not too long to be one. */
  function keep(piece: string): void {
    length += piece.length;
    if (length <= LONGEST_RECORD) text += piece;
  }

  function* closed(): Generator<FlowRecord> {
    const row = finished();
    // One object that holds its lines somewhere among other fields.
    const lines = form === 'objects' && count === 1 ? (row.lines as unknown) : undefined;
    if (Array.isArray(lines)) {
      count = 0;
      for (const line of lines) {
        text = JSON.stringify(line);
        yield finished();
      }
    } else yield row;
    state = 'between';
    comma = true;
  }

  return {
    take,
    end() {
      if (state === 'start') throw new IntakeError('empty', 'The body is empty. Send a forecast as CSV or JSON.');
      if (state === 'within' || (state === 'between' && form !== 'objects') || (state === 'after' && form === 'lines'))
        throw fault('it breaks off');
    },
  };
}
