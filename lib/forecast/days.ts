import { readPeriod } from '../canonical/period.ts';

const DAY = 86_400_000;

/** A date (`YYYY-MM-DD`) as a day number, so that periods are compared and spread by whole days of the plant's calendar. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY;
}

/** A day number as `YYYY-MM-DD`. */
export function dayText(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** A period by day numbers: `first` is its first day, `end` the day after its last. `text` is its canonical writing. */
export type DaySpan = { readonly text: string; readonly first: number; readonly end: number };

/** Reads a period's text into its days, or says what is wrong with it. */
export type PeriodReader = (text: string) => DaySpan | { readonly fault: string };

/** A plan has some hundreds of periods; more different texts than this are junk and not worth remembering. */
const MOST_KEPT = 5_000;

/** A reader that remembers: a plan repeats its few hundred periods on every product. Periods lie in the plant's zone. */
export function periodReader(zone: string): PeriodReader {
  const known = new Map<string, DaySpan | { readonly fault: string }>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) {
      const period = readPeriod(text.toUpperCase(), zone);
      answer = 'fault' in period ? period : { text: period.text, first: dayNumber(period.start), end: dayNumber(period.end) };
      if (known.size < MOST_KEPT) known.set(text, answer);
    }
    return answer;
  };
}
