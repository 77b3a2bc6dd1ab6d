import { Fault } from './fault.ts';

/** The longest value that is taken from one cell. */
export const LONGEST_VALUE = 10_000;

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const PART = /[^.[\]]+/g;

export type Source = Readonly<Record<string, unknown>>;

/** Reads one value of a record: a value that may be used, `undefined` for none, or a fault. */
export type Reader = (record: Source) => unknown;

/** Why a name may not be a column, path or field of a mapping; `undefined` when it may. */
export function faultOfName(name: string): string | undefined {
  if (name.includes('\0')) return 'a name without NUL is needed';
  if (name.startsWith('$')) return `"${name}" begins with $, which is kept for marks`;
  const bad = [name, ...(name.match(PART) ?? [])].find((part) => FORBIDDEN.has(part));
  return bad === undefined ? undefined : `"${bad}" may not be named, as it reaches into the object itself`;
}

/** A column by its own name, or else the path that the name spells: `item.code`, `lines[0].qty`. Of several, the first that is filled. */
export function readerOf(names: readonly string[]): Reader {
  const raw = rawReaderOf(names);
  return (record) => usable(raw(record));
}

/** The value as it came, fit to be used or not. */
export function rawReaderOf(names: readonly string[]): Reader {
  const readers = names.map(rawReaderOfOne);
  const only = readers[0]!;
  if (readers.length === 1) return only;
  return (record) => {
    for (const reader of readers) {
      const value = reader(record);
      if (!isEmpty(value)) return value;
    }
    return undefined;
  };
}

function rawReaderOfOne(name: string): Reader {
  const path = /[.[]/.test(name) ? (name.match(PART) ?? []) : undefined;
  return (record) => {
    if (Object.hasOwn(record, name)) return record[name];
    return path ? walk(record, path) : undefined;
  };
}

function walk(record: Source, path: readonly string[]): unknown {
  let value: unknown = record;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Source)[part];
  }
  return value;
}

function usable(value: unknown): unknown {
  if (typeof value === 'string') {
    if (value.length > LONGEST_VALUE) return new Fault(`has ${value.length} characters; at most ${LONGEST_VALUE} are taken`);
    return value.includes('\0') ? new Fault('holds a NUL character') : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? new Fault('is not a date') : value.toISOString();
  return new Fault(`is ${Array.isArray(value) ? 'a list' : 'an object'}, not a value; name the part of it that is meant`);
}

/** Whether there is nothing: no column, null, or empty text. Zero and `false` are something. */
export function isEmpty(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}
