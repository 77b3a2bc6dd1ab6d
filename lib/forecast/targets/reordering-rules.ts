import { setImmediate } from 'node:timers/promises';
import { PLANNED, SOURCE } from '../../canonical/marks.ts';
import type { ReorderingRule } from '../../canonical/reordering-rule.ts';
import { type DaySpan, dayNumber, periodReader } from '../days.ts';
import { ForecastError } from '../errors.ts';
import type { MasterView } from '../master-view.ts';
import { scaled, scaledText } from '../scaled.ts';
import { averageDay, demandBetween, plus, roundedUp } from './daily-demand.ts';
import type { Demand, DemandCollector } from './demand.ts';

export type ReorderingSettings = {
  /** Days between two looks at the stock, added to the lead time. */
  readonly reviewDays: number;
  /** Days of demand that one order covers. */
  readonly cycleDays: number;
  /** Days of average demand kept as safety stock. */
  readonly safetyDays: number;
  /** The run's date in the plant, `YYYY-MM-DD`. */
  readonly today: string;
  /** The plant's time zone. */
  readonly zone: string;
};

/** How long a stretch may hold the event loop before others get their turn, in milliseconds. */
const STRETCH = 10;

/**
 * Turns a forecast's demand into reordering rules, one a product and place, in the product's own unit.
 *
 * - minimum = demand from today over lead time + review days, counted by day (a week or month spreads evenly over its
 *   days; days before today are past and count no more), + safety days of the average daily demand
 * - maximum = minimum + demand over the cycle days that follow
 *
 * Both are worked out as exact fractions and rounded up once, to the rounding of the product's unit.
 * @throws ForecastError `settings` for days that are no whole numbers from 0, `changed` where `master` no longer knows a product
 */
export async function reorderingRules(
  collected: DemandCollector,
  settings: ReorderingSettings,
  master: MasterView,
): Promise<ReorderingRule[]> {
  for (const name of ['reviewDays', 'cycleDays', 'safetyDays'] as const) {
    const days = settings[name];
    if (!Number.isSafeInteger(days) || days < 0)
      throw new ForecastError('settings', `${name} is ${days}; give a whole number of days from 0.`);
  }
  const period = knownPeriods(settings.zone);
  const rules: ReorderingRule[] = [];
  let since = performance.now();
  for (const demand of collected.demand()) {
    rules.push(ruleFor(demand, settings, master, period));
    if (performance.now() - since > STRETCH) {
      await setImmediate();
      since = performance.now();
    }
  }
  return rules;
}

function ruleFor(
  demand: Readonly<Demand>,
  settings: ReorderingSettings,
  master: MasterView,
  period: (text: string) => DaySpan,
): ReorderingRule {
  const { product, supply } = master.standing(demand.product, demand.location, undefined);
  if (product.is !== 'one' || !supply)
    throw new ForecastError(
      'changed',
      `Odoo no longer knows "${demand.product}" at "${demand.location}" as it did when the forecast was validated. Send the run again.`,
    );
  const periods = [...demand.periods].map(([text, units]) => ({ span: period(text), units }));
  const today = dayNumber(settings.today);
  const covered = today + supply.leadDays + settings.reviewDays;
  const safety = averageDay(periods, today);
  const minimum = plus(demandBetween(periods, today, covered), safety, settings.safetyDays);
  const maximum = plus(minimum, demandBetween(periods, covered, covered + settings.cycleDays));
  const step = scaled(product.unit?.rounding ?? '0.01');
  return {
    product: demand.product,
    location: demand.location,
    minimum: Number(scaledText(roundedUp(minimum, step))),
    maximum: Number(scaledText(roundedUp(maximum, step))),
    ...(supply.kind === 'none' ? {} : { supply: supply.kind }),
    [PLANNED]: { product: demand.product, location: demand.location },
    [SOURCE]: { lines: demand.lines, quantity: scaledText(demand.sent) },
  };
}

/** Reads periods that validation has let through. */
function knownPeriods(zone: string): (text: string) => DaySpan {
  const read = periodReader(zone);
  return (text) => {
    const span = read(text);
    if ('fault' in span) throw new ForecastError('settings', `The period "${text}" ${span.fault}. Validate the lines first.`);
    return span;
  };
}
