import type { VersionItem } from '../../canonical/version-item.ts';
import type { Pace } from '../../mapping/pace.ts';
import { type DaySpan, periodReader } from '../days.ts';
import { ForecastError } from '../errors.ts';

/** The first day that something is wanted for, and the day after the last, as day numbers. */
export type Horizon = { readonly first: number; readonly end: number };

/**
 * Reads the periods of items into their days.
 * @throws ForecastError `settings` for what is no period
 */
export function knownDays(): (period: string) => DaySpan {
  const read = periodReader('utc');
  return (text) => {
    const span = read(text);
    if ('fault' in span) throw new ForecastError('settings', `The period "${text}" ${span.fault}. Validate the lines first.`);
    return span;
  };
}

/** The horizon over all items; undefined where nothing is wanted. */
export async function horizonOf(
  items: readonly VersionItem[],
  daysOf: (period: string) => DaySpan,
  pace: Pace,
): Promise<Horizon | undefined> {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { periods } of items) {
    for (const { period } of periods) {
      const days = daysOf(period);
      first = Math.min(first, days.first);
      last = Math.max(last, days.end);
    }
    if (pace.due()) await pace.rest();
  }
  return first < last ? { first, end: last } : undefined;
}

/** The days in which what is new came with the calendar: from `first` up to, not including, `end`. */
export type Rolled = Horizon | undefined;

/** A plan rolls on at its end as far as its beginning has moved on. */
export function rolledOn(before: Horizon | undefined, after: Horizon | undefined): Rolled {
  if (!before || !after || after.first <= before.first) return undefined;
  return { first: before.end, end: before.end + after.first - before.first };
}
