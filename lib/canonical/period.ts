import { DateTime, IANAZone } from 'luxon';
import { CanonicalError } from './errors.ts';

export const PERIOD_KINDS = ['day', 'week', 'month'] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/**
 * A day, an ISO week (Monday to Sunday, ISO 8601) or a month of the plant's calendar.
 * `start` and `end` are dates (`YYYY-MM-DD`) on the plant's wall; `end` is the first day after the period.
 */
export type Period = {
  readonly kind: PeriodKind;
  /** Canonical text: `2026-12-01`, `2026-W50` or `2026-12`. */
  readonly text: string;
  readonly start: string;
  readonly end: string;
  /** The plant's time zone, such as `Europe/Berlin`. */
  readonly zone: string;
  /** How many days it has. */
  readonly dayCount: number;
  /** Its days in order, as dates. */
  days(): readonly string[];
};

export type PeriodFault = { readonly fault: string };

const SHAPES: Record<PeriodKind, RegExp> = {
  day: /^(\d{4})-(\d{2})-(\d{2})$/,
  week: /^(\d{4})-W(\d{2})$/,
  month: /^(\d{4})-(\d{2})$/,
};
const CACHED = 5_000;
const cache = new Map<string, Period | PeriodFault>();

/**
 * Reads a period without throwing. Answers are cached: a forecast has many lines and few periods.
 * @param text `YYYY-MM-DD`, `YYYY-Www` or `YYYY-MM`
 * @param zone the plant's time zone (IANA)
 */
export function readPeriod(text: string, zone = 'utc'): Period | PeriodFault {
  if (text.length > 10) return { fault: 'is not a day (2026-12-01), an ISO week (2026-W50) or a month (2026-12)' };
  const key = `${zone} ${text}`;
  let period = cache.get(key);
  if (!period) {
    if (cache.size >= CACHED) cache.clear();
    period = read(text, zone);
    cache.set(key, period);
  }
  return period;
}

function read(text: string, zone: string): Period | PeriodFault {
  for (const kind of PERIOD_KINDS) {
    const match = SHAPES[kind].exec(text);
    if (!match) continue;
    const [year, second, third] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 1)];
    if (kind === 'week') {
      const start = DateTime.fromObject({ weekYear: year, weekNumber: second, weekday: 1 }, { zone: 'utc' });
      return start.isValid ? periodFrom(kind, start, zone) : { fault: `names week ${second}, which ${year} does not have` };
    }
    if (second < 1 || second > 12) return { fault: `names month ${second}; months run from 1 to 12` };
    const start = DateTime.fromObject({ year, month: second, day: third }, { zone: 'utc' });
    return start.isValid
      ? periodFrom(kind, start, zone)
      : { fault: `names day ${third}, which ${match[1]}-${match[2]} does not have` };
  }
  return { fault: 'is not a day (2026-12-01), an ISO week (2026-W50) or a month (2026-12)' };
}

const TEXT: Record<PeriodKind, string> = { day: 'yyyy-MM-dd', week: "kkkk-'W'WW", month: 'yyyy-MM' };

function periodFrom(kind: PeriodKind, start: DateTime, zone: string): Period {
  // Calendar arithmetic is done in UTC, where every day has 24 hours; the zone only matters for `instants`.
  const end = start.plus({ [kind]: 1 });
  const dayCount = Math.round(end.diff(start, 'days').days);
  let days: readonly string[] | undefined;
  return {
    kind,
    text: start.toFormat(TEXT[kind]),
    start: start.toISODate()!,
    end: end.toISODate()!,
    zone,
    dayCount,
    days() {
      days ??= Array.from({ length: dayCount }, (_, index) => start.plus({ days: index }).toISODate()!);
      return days;
    },
  };
}

/**
 * Reads a period.
 * @param text `YYYY-MM-DD`, `YYYY-Www` or `YYYY-MM`
 * @param zone the plant's time zone (IANA); `utc` when left out
 * @throws CanonicalError `period` for month 13, week 54, 30 February or another shape; `zone` for an unknown zone
 * @example parsePeriod('2026-W50', 'Europe/Berlin').start // '2026-12-07'
 */
export function parsePeriod(text: string, zone = 'utc'): Period {
  requireZone(zone);
  const period = readPeriod(text, zone);
  if ('fault' in period) throw new CanonicalError('period', `"${text.slice(0, 60)}" ${period.fault}.`);
  return period;
}

/**
 * The period of a kind that holds a day.
 * @param day a date, `YYYY-MM-DD`
 * @throws CanonicalError `period` when the day is none
 * @example periodOf('week', '2026-12-09').text // '2026-W50'
 */
export function periodOf(kind: PeriodKind, day: string, zone = 'utc'): Period {
  const date = parsePeriod(day, zone);
  if (date.kind !== 'day') throw new CanonicalError('period', `"${day}" is a ${date.kind}, not a day.`);
  return periodFrom(kind, DateTime.fromISO(day, { zone: 'utc' }).startOf(kind), zone);
}

/** The period so many periods of its own kind later; negative for earlier. */
export function laterPeriod(period: Period, by: number): Period {
  return periodFrom(period.kind, DateTime.fromISO(period.start, { zone: 'utc' }).plus({ [period.kind]: by }), period.zone);
}

/** When the period begins and ends, as instants: midnight on the plant's wall, or the first moment of a day that has no midnight. */
export function instants(period: Period): { readonly start: Date; readonly end: Date } {
  const at = (date: string) => DateTime.fromISO(date, { zone: period.zone }).startOf('day').toJSDate();
  return { start: at(period.start), end: at(period.end) };
}

/** The date on the plant's wall, `YYYY-MM-DD`, at an instant (now when left out). */
export function plantDate(zone: string, at: Date = new Date()): string {
  requireZone(zone);
  return DateTime.fromJSDate(at, { zone }).toISODate()!;
}

/** @throws CanonicalError `zone` for a name that the IANA list does not have */
export function requireZone(zone: string): void {
  if (zone.toLowerCase() !== 'utc' && !IANAZone.isValidZone(zone))
    throw new CanonicalError('zone', `"${zone.slice(0, 60)}" is not a time zone; give a name such as Europe/Berlin or UTC.`);
}
