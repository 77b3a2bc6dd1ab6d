import type { DaySpan } from '../days.ts';

/** Demand of one period, spread evenly over its days; `units` is the whole period's, in units of 10⁻²⁰. */
export type PeriodDemand = { readonly span: DaySpan; readonly units: bigint };

/** A quantity as a fraction of whole numbers, so that a seventh of a week's demand stays a seventh. */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

/** The least number that 1, 7, 28, 29, 30 and 31 days divide: in its parts every period's day is a whole number. */
const DAY_PARTS = 377_580n;

/** The demand of the days from `first` up to, not including, `end`. */
export function demandBetween(periods: readonly PeriodDemand[], first: number, end: number): Fraction {
  let numerator = 0n;
  for (const { span, units } of periods) {
    const days = Math.min(span.end, end) - Math.max(span.first, first);
    if (days > 0) numerator += (units * BigInt(days) * DAY_PARTS) / BigInt(span.end - span.first);
  }
  return { numerator, denominator: DAY_PARTS };
}

/** The average demand of a day from `today` on, over the days from the first to the last that the forecast covers. */
export function averageDay(periods: readonly PeriodDemand[], today: number): Fraction {
  let first = Number.POSITIVE_INFINITY;
  let end = today;
  for (const { span } of periods) {
    if (span.end <= today) continue;
    first = Math.min(first, Math.max(span.first, today));
    end = Math.max(end, span.end);
  }
  if (end <= first) return { numerator: 0n, denominator: 1n };
  const { numerator, denominator } = demandBetween(periods, first, end);
  return { numerator, denominator: denominator * BigInt(end - first) };
}

/** One fraction plus so many times another. */
export function plus(one: Fraction, other: Fraction, times = 1): Fraction {
  return {
    numerator: one.numerator * other.denominator + other.numerator * BigInt(times) * one.denominator,
    denominator: one.denominator * other.denominator,
  };
}

/** A fraction of units of 10⁻²⁰ rounded up to whole steps of `step` units. */
export function roundedUp({ numerator, denominator }: Fraction, step: bigint): bigint {
  const steps = denominator * step;
  return ((numerator + steps - 1n) / steps) * step;
}
