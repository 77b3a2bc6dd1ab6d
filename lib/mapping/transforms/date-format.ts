import { DateTime, IANAZone } from 'luxon';
import { z } from 'zod';
import { Fault } from '../fault.ts';

const LONGEST = 60;
const CACHED = 5_000;
const LETTERS = new Set('yMdHhmsSuZzaEcLkoqWnG');

/** A time zone by its IANA name. */
export const ZoneName = z
  .string()
  .refine((zone) => zone.toLowerCase() === 'utc' || IANAZone.isValidZone(zone), 'is not a time zone such as Europe/Berlin');

/** Formats that are not made of letters. */
export const NAMED = ['iso', 'unix', 'unix-ms', 'excel'] as const;
type Named = (typeof NAMED)[number];

const isNamed = (format: string): format is Named => (NAMED as readonly string[]).includes(format);

/** @throws Error for letters that no format has, with the letters that are meant */
export function checkFormat(format: string): void {
  if (isNamed(format)) return;
  const bare = format.replaceAll(/'[^']*'/g, '');
  const strange = [...bare].find((letter) => /[A-Za-z]/.test(letter) && !LETTERS.has(letter));
  if (strange !== undefined)
    throw new Error(
      `format "${format}": "${strange}" is not a part of a date; write yyyy, MM, dd, HH, mm, ss, kkkk for the year of a week and WW for the week, and other letters in single quotes`,
    );
}

// Day 0 of spreadsheets is 30 December 1899, since they hold 1900 for a leap year.
const EXCEL_ZERO = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

/** Reads a moment by a format, in a zone; answers are remembered, as files have many lines and few dates. */
export function dateReader(format: string, locale: string): (value: unknown, zone: string) => DateTime | Fault {
  checkFormat(format);
  const cache = new Map<string, DateTime | Fault>();
  return (value, zone) => {
    const text = String(value).trim();
    if (text.length > LONGEST) return new Fault(`does not fit the format ${format}`);
    const key = `${zone} ${text}`;
    let read = cache.get(key);
    if (read === undefined) {
      if (cache.size >= CACHED) cache.clear();
      read = readDate(text, format, zone, locale);
      cache.set(key, read);
    }
    return read;
  };
}

function readDate(text: string, format: string, zone: string, locale: string): DateTime | Fault {
  const date = isNamed(format) ? readNamed(text, format, zone) : DateTime.fromFormat(text, format, { zone, locale });
  if (date.isValid) return date;
  return new Fault(
    date.invalidReason === 'unit out of range'
      ? 'names a day or time that the calendar does not have'
      : `does not fit the format ${format}`,
  );
}

function readNamed(text: string, format: Named, zone: string): DateTime {
  // Many exports write a space for ISO 8601's T.
  if (format === 'iso') return DateTime.fromISO(text.replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, '$1T'), { zone });
  const number = /^-?\d{1,15}(\.\d{1,12})?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) return DateTime.invalid('not a number');
  if (format === 'excel')
    return DateTime.fromMillis(EXCEL_ZERO + Math.round(number * DAY_MS), { zone: 'utc' }).setZone(zone, { keepLocalTime: true });
  return DateTime.fromMillis(format === 'unix' ? number * 1_000 : number, { zone });
}

/** Writes a moment by a format, in a zone. */
export function dateWriter(format: string, locale: string): (date: DateTime, zone: string) => string | number {
  checkFormat(format);
  return (date, zone) => {
    const local = date.setZone(zone);
    if (!isNamed(format)) return local.toFormat(format, { locale });
    if (format === 'iso') return local.toISO() ?? '';
    if (format === 'excel') return (local.setZone('utc', { keepLocalTime: true }).toMillis() - EXCEL_ZERO) / DAY_MS;
    return format === 'unix' ? local.toSeconds() : local.toMillis();
  };
}
