import { PLANNED, SOURCE } from '../../canonical/marks.ts';
import type { ReorderingRule } from '../../canonical/reordering-rule.ts';
import { Pace } from '../../mapping/pace.ts';
import { dayNumber } from '../days.ts';
import { ForecastError } from '../errors.ts';
import { scaledText } from '../scaled.ts';
import { averageDay, demandBetween, plus, roundedUp } from './daily-demand.ts';
import { isGone, sourceOf } from './demand.ts';
import type { Wanted } from './wanted.ts';

export type ReorderingSettings = {
  /** Days between two looks at the stock, added to the lead time. */
  readonly reviewDays: number;
  /** Days of demand that one order covers. */
  readonly cycleDays: number;
  /** Days of average demand kept as safety stock. */
  readonly safetyDays: number;
  /** The run's date in the plant, `YYYY-MM-DD`. */
  readonly today: string;
};

/**
 * Turns a forecast's demand into reordering rules, one a product and place, in the product's own unit.
 *
 * - minimum = demand from today over lead time + review days, counted by day (a week or month spreads evenly over its
 *   days; days before today are past and count no more), + safety days of the average daily demand
 * - maximum = minimum + demand over the cycle days that follow
 *
 * Both are worked out as exact fractions and rounded up once, to the rounding of the product's unit.
 * @throws ForecastError `settings` for days that are no whole numbers from 0
 */
export async function reorderingRules(wanted: readonly Wanted[], settings: ReorderingSettings): Promise<ReorderingRule[]> {
  for (const name of ['reviewDays', 'cycleDays', 'safetyDays'] as const) {
    const days = settings[name];
    if (!Number.isSafeInteger(days) || days < 0)
      throw new ForecastError('settings', `${name} is ${days}; give a whole number of days from 0.`);
  }
  const pace = new Pace();
  const rules: ReorderingRule[] = [];
  for (const one of wanted) {
    if (pace.due()) await pace.rest();
    rules.push(ruleFor(one, settings));
  }
  return rules;
}

function ruleFor({ product, location, periods: sums, supply, step }: Wanted, settings: ReorderingSettings): ReorderingRule {
  // The forecast covers what is gone no more: averages leave it out.
  const periods = sums.flatMap(([span, sum]) => (isGone(sum) ? [] : [{ span, units: sum.units }]));
  const today = dayNumber(settings.today);
  const covered = today + supply.leadDays + settings.reviewDays;
  const safety = averageDay(periods, today);
  const minimum = plus(demandBetween(periods, today, covered), safety, settings.safetyDays);
  const maximum = plus(minimum, demandBetween(periods, covered, covered + settings.cycleDays));
  return {
    product,
    location,
    minimum: Number(scaledText(roundedUp(minimum, step))),
    maximum: Number(scaledText(roundedUp(maximum, step))),
    ...(supply.kind === 'none' ? {} : { supply: supply.kind }),
    [SOURCE]: sourceOf(sums.map(([, sum]) => sum)),
    [PLANNED]: { product, location },
  };
}
