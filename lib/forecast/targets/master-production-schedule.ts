import { PLANNED, SOURCE } from '../../canonical/marks.ts';
import type { PeriodKind } from '../../canonical/period.ts';
import type { PlannedDemand } from '../../canonical/planned-demand.ts';
import { Pace } from '../../mapping/pace.ts';
import { dayNumber, dayText } from '../days.ts';
import { scaledText } from '../scaled.ts';
import { perCompany } from './buckets.ts';
import { sourceOf } from './demand.ts';
import type { Wanted } from './wanted.ts';

/** A product's schedule at a place, and the days on which something is forecast in it. */
export type Schedule = { readonly id: number; readonly dates: readonly string[] };

export type ScheduleSettings = {
  readonly scheduleOf: (wanted: Wanted) => Schedule;
  /** The period in which a company keeps its schedule. */
  readonly bucket: (company: number | undefined) => PeriodKind;
  /** Whether the plant of a company works on a day. */
  readonly works: (company: number | undefined) => (day: number) => boolean;
};

/**
 * Turns a forecast's demand into that of master production schedules, one a schedule and period; a period that has begun
 * counts whole. The schedule sums what lies within a period: a new forecast stands on its last day, as Odoo's own does, one
 * that is there keeps its day, and others within the same period are set to nothing.
 */
export async function plannedDemand(wanted: readonly Wanted[], settings: ScheduleSettings): Promise<PlannedDemand[]> {
  const bucketerOf = perCompany((company) => ({ kind: settings.bucket(company), works: settings.works(company) }));
  const pace = new Pace();
  const planned: PlannedDemand[] = [];
  for (const one of wanted) {
    if (pace.due()) await pace.rest();
    const { product, location, periods, warehouse, step } = one;
    const { id, dates } = settings.scheduleOf(one);
    for (const bucket of bucketerOf(warehouse.company)(periods, step)) {
      const held = dates.filter((date) => dayNumber(date) >= bucket.first && dayNumber(date) < bucket.end);
      const [first = dayText(bucket.end - 1), ...others] = [...new Set(held)].sort();
      const entry = (date: string, quantity: string) => ({ product, location, schedule: String(id), date, quantity });
      const marks = { [PLANNED]: { product, location } };
      planned.push({ ...entry(first, scaledText(bucket.units)), [SOURCE]: sourceOf([bucket]), ...marks });
      for (const date of others) planned.push({ ...entry(date, '0'), [SOURCE]: sourceOf([]), ...marks });
    }
  }
  return planned;
}
