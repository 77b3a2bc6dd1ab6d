import type { Reason } from '../../exceptions/catalogue.ts';
import type { ForecastRun } from '../run.ts';
import { limitText } from '../versions/change.ts';
import { RULES } from './index.ts';

/** How master data is looked at, where that is part of a rule. */
export type Looking = {
  readonly productKey: string;
  /** Narrows which supplier lines are an approval; blank = all that are in date. */
  readonly supplierDomain: string;
};

/** What a rule is set to, of those that can be set; undefined where it is off. */
const SET_TO: Partial<Record<Reason, (run: ForecastRun, looking: Looking) => string | undefined>> = {
  UNKNOWN_PRODUCT: (_, { productKey }) => productKey,
  NO_SUPPLY_SOURCE: (_, { supplierDomain }) => supplierDomain,
  OUTSIDE_HORIZON: ({ pastDays, futureDays }) => `-${pastDays}..+${futureDays} days`,
  INSIDE_LEAD_TIME: ({ insideLeadTime }) => (insideLeadTime === 'off' ? undefined : insideLeadTime),
  DEVIATION_EXCEEDED: ({ baseline, deviations }) =>
    baseline && deviations.map(({ group, ...limit }) => `${group || '*'} ${limitText(limit, '')}`).join('; '),
};

/** The rules that a run's lines are checked by, in order, each with what it is set to: `INSIDE_LEAD_TIME:warn`. */
export function appliedRules(run: ForecastRun, looking: Looking): string[] {
  return RULES.flatMap(({ reason }) => {
    const setTo = SET_TO[reason] ? SET_TO[reason](run, looking) : '';
    if (setTo === undefined) return [];
    return [setTo ? `${reason}:${setTo}` : reason];
  });
}
