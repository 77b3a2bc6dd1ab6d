import { DateTime } from 'luxon';
import { z } from 'zod';
import {
  laterPeriod,
  PERIOD_KINDS,
  type Period,
  type PeriodKind,
  parsePeriod,
  periodOf,
  readPeriod,
} from '../../canonical/period.ts';
import { isEmpty, readerOf } from '../column.ts';
import { Fault } from '../fault.ts';
import { dateReader, dateWriter, ZoneName } from './date-format.ts';
import { type Scope, type Step, transform } from './transform.ts';

const Column = z.string().min(1);
const Kind = z.enum(PERIOD_KINDS);

/**
 * Reads a day, an ISO week or a month. Without `format` the text is canonical already (`2026-12-01`, `2026-W50`, `2026-12`).
 * - `format`  Luxon's format, such as `kkkkWW` or `dd.MM.yyyy`; what it holds tells the kind
 * - `zone`    where the clock of `format` hangs: the plant, when left out; the day is taken there
 * - `as`      the week or month that holds the day; a week or month stays what it is
 * - `until`   the column with the end of the period (in `format`), first day after it or, with `inclusive`, its last day
 * - `duration` the column with its length, in minutes, hours or days
 * - `index`   the value counts periods from `start`, beginning with `first`
 * - `write`   the format to write it in, for files that go out
 */
export const period = transform({
  options: z.strictObject({
    format: z.string().min(1).optional(),
    zone: ZoneName.optional(),
    as: Kind.optional(),
    until: z.strictObject({ column: Column, inclusive: z.boolean().default(false) }).optional(),
    duration: z.strictObject({ column: Column, unit: z.enum(['minutes', 'hours', 'days']) }).optional(),
    index: z.strictObject({ start: z.string(), first: z.number().int().default(1) }).optional(),
    write: z.string().min(1).optional(),
    locale: z.string().min(2).default('en'),
  }),
  columns: ({ until, duration }) => [until?.column, duration?.column].filter((column) => column !== undefined),
  compile: (options) => {
    const { format, zone: fixed, as, until, duration, index, write, locale } = options;
    if ([as, until, duration, index].filter(Boolean).length > 1)
      throw new Error('takes one of "as", "until", "duration" and "index"');
    const read: (value: unknown, scope: Scope) => Period | Fault = index
      ? byIndex(index.start, index.first)
      : format
        ? byFormat(format, locale, fixed)
        : (value, { zone }) => faultOr(readPeriod(String(value).trim(), zone));
    const shape: (found: Period, scope: Scope) => Period | Fault = as
      ? (found, { zone }) => widened(found, as, zone)
      : until || duration
        ? byLength(until ? endColumn(until, format, locale, fixed) : durationColumn(duration!))
        : (found) => found;
    // A period has no time of day, so `iso` is its first day and no more.
    const written = write === undefined ? undefined : dateWriter(write === 'iso' ? 'yyyy-MM-dd' : write, locale);
    const step: Step = (value, scope) => {
      const found = read(value, scope);
      const shaped = found instanceof Fault ? found : shape(found, scope);
      if (shaped instanceof Fault) return shaped;
      return written ? written(DateTime.fromISO(shaped.start, { zone: 'utc' }), 'utc') : shaped.text;
    };
    return step;
  },
  inverse: ({ format, as, until, duration, index, write, locale }) => {
    if (as || until || duration || index) return 'a period that was made of something else does not tell what it was';
    return [
      // What was written has no zone; read in UTC it stays the day that it names.
      {
        period: {
          locale,
          ...(write !== undefined && { format: write, zone: 'utc' }),
          ...(format !== undefined && { write: format }),
        },
      },
    ];
  },
});

function faultOr(read: Period | { fault: string }): Period | Fault {
  return 'fault' in read ? new Fault(read.fault) : read;
}

/** The kind that a format holds: a week by its week number, a day by day of month or year, else a month. */
function kindOf(format: string): PeriodKind {
  const bare = format.replaceAll(/'[^']*'/g, '');
  if (/[dDoE]/.test(bare)) return 'day';
  if (/[Wn]/.test(bare)) return 'week';
  return bare === 'iso' || bare === 'excel' || bare.startsWith('unix') ? 'day' : 'month';
}

function byFormat(format: string, locale: string, fixed: string | undefined): (value: unknown, scope: Scope) => Period | Fault {
  const kind = kindOf(format);
  const read = dateReader(format, locale);
  return (value, { zone }) => {
    const hung = fixed ?? zone;
    const date = read(value, hung);
    if (date instanceof Fault) return date;
    const day = date.setZone(hung);
    if (day.year < 0 || day.year > 9_999)
      return new Fault(`is in the year ${day.year} by the format ${format}; check the format`);
    return periodOf(kind, day.toFormat('yyyy-MM-dd'), zone);
  };
}

function byIndex(start: string, first: number): (value: unknown) => Period | Fault {
  const from = parsePeriod(start);
  return (value) => {
    const text = String(value).trim();
    if (!/^-?\d{1,4}$/.test(text)) return new Fault('is not the number of a period');
    return laterPeriod(from, Number(text) - first);
  };
}

function widened(found: Period, kind: PeriodKind, zone: string): Period | Fault {
  if (found.kind === kind) return found;
  if (found.kind !== 'day') return new Fault(`is a ${found.kind} and cannot be told as a ${kind}`);
  return periodOf(kind, found.start, zone);
}

/** How many days a period has, from what another column says; nothing when that is empty. */
type Length = (found: Period, scope: Scope) => number | undefined | Fault;

function byLength(length: Length): (found: Period, scope: Scope) => Period | Fault {
  return (found, scope) => {
    const days = length(found, scope);
    if (days === undefined || days instanceof Fault) return days ?? found;
    if (days === 1) return found;
    for (const kind of ['week', 'month'] as const) {
      const whole = periodOf(kind, found.start, scope.zone);
      if (whole.start === found.start && whole.dayCount === days) return whole;
    }
    return new Fault(`begins a period of ${days} days that is no day, ISO week or month`);
  };
}

const DAYS = { minutes: 1_440, hours: 24, days: 1 } as const;

function durationColumn({ column, unit }: { column: string; unit: keyof typeof DAYS }): Length {
  const read = readerOf([column]);
  return (_, { record }) => {
    const value = read(record);
    if (value instanceof Fault || isEmpty(value)) return value instanceof Fault ? value : undefined;
    const days = Number(value) / DAYS[unit];
    return Number.isInteger(days) && days > 0
      ? days
      : new Fault(`has a length, column "${column}", that is not a number of whole days`);
  };
}

function endColumn(
  { column, inclusive }: { column: string; inclusive: boolean },
  format = 'yyyy-MM-dd',
  locale: string,
  fixed: string | undefined,
): Length {
  const read = readerOf([column]);
  const readDate = dateReader(format, locale);
  return (found, scope) => {
    const value = read(scope.record);
    if (value instanceof Fault || isEmpty(value)) return value instanceof Fault ? value : undefined;
    const end = readDate(value, fixed ?? scope.zone);
    if (end instanceof Fault) return new Fault(`has an end, column "${column}", that ${end.message}`);
    const days =
      end
        .setZone('utc', { keepLocalTime: true })
        .startOf('day')
        .diff(DateTime.fromISO(found.start, { zone: 'utc' }), 'days').days + (inclusive ? 1 : 0);
    return days > 0 ? days : new Fault(`ends, by column "${column}", before it begins`);
  };
}
