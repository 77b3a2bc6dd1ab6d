import { COLUMN, CONFIRMED, type FlowRecord, LINE } from '../canonical/marks.ts';
import { isEmpty } from './column.ts';
import { Fault } from './fault.ts';
import type { WideToLong } from './mapping.ts';
import { lineOf } from './refuse.ts';

const LONGEST_NAME = 200;
const MOST_PERIODS = 1_000;
const REMEMBERED = 20_000;

/** Makes long records of a wide one: one a period column that is filled, or a fault. */
export type Expander = (record: FlowRecord) => Generator<FlowRecord | Fault>;

/**
 * @param reads the columns that the mapping reads; the others of a wide record are left behind, so that a thousand long
 *   ones do not carry them along
 */
export function expander(wide: WideToLong, reads: readonly string[]): Expander {
  const fits = matcher([wide.columns].flat());
  const excepted = wide.except === undefined ? () => false : matcher([wide.except].flat());
  const remembered = new Map<string, boolean>();
  const carried = [...new Set(reads.map((name) => name.split(/[.[]/)[0]!).concat(reads))].filter(
    (name) => name !== wide.name && name !== wide.value,
  );
  const isPeriod = (name: string): boolean => {
    if (name.length > LONGEST_NAME || name.startsWith('$')) return false;
    let answer = remembered.get(name);
    if (answer === undefined) {
      if (remembered.size >= REMEMBERED) remembered.clear();
      answer = fits(name) && !excepted(name);
      remembered.set(name, answer);
    }
    return answer;
  };
  return function* expand(record) {
    const periods = Object.keys(record).filter(isPeriod);
    if (periods.length === 0) {
      yield new Fault(`has no column that fits ${[wide.columns].flat().join(' or ')}`);
      return;
    }
    if (periods.length > MOST_PERIODS) {
      yield new Fault(
        `has ${periods.length} columns that fit ${[wide.columns].flat().join(' or ')}; at most ${MOST_PERIODS} are taken`,
      );
      return;
    }
    const line = lineOf(record);
    for (const name of periods) {
      const value = record[name];
      if (wide.skipEmpty && isEmpty(typeof value === 'string' && value.length < LONGEST_NAME ? value.trim() : value)) continue;
      const long: Record<string, unknown> = {};
      for (const column of carried) if (Object.hasOwn(record, column)) long[column] = record[column];
      long[wide.name] = name;
      long[wide.value] = value;
      if (line !== undefined) long[LINE] = line;
      long[COLUMN] = name;
      if (record[CONFIRMED] !== undefined) long[CONFIRMED] = record[CONFIRMED];
      yield long as FlowRecord;
    }
  };
}

/** Matches names against patterns of `#` (a digit), `?` (any one character) and `*` (any characters), in linear time. */
function matcher(patterns: readonly string[]): (name: string) => boolean {
  return (name) => patterns.some((pattern) => fitsPattern(name, pattern));
}

function fitsPattern(name: string, pattern: string): boolean {
  let [at, wanted, star, mark] = [0, 0, -1, 0];
  while (at < name.length) {
    const sign = pattern[wanted];
    if (sign === '*') {
      star = wanted++;
      mark = at;
    } else if (sign !== undefined && (sign === '?' || sign === name[at] || (sign === '#' && /\d/.test(name[at]!)))) {
      at++;
      wanted++;
    } else if (star >= 0) {
      wanted = star + 1;
      at = ++mark;
    } else return false;
  }
  while (pattern[wanted] === '*') wanted++;
  return wanted === pattern.length;
}
