import type { DemandEstimate } from '../../canonical/demand-estimate.ts';
import { PLANNED, SOURCE } from '../../canonical/marks.ts';
import type { PeriodKind } from '../../canonical/period.ts';
import { Pace } from '../../mapping/pace.ts';
import { dayText } from '../days.ts';
import { scaledText } from '../scaled.ts';
import { perCompany } from './buckets.ts';
import { sourceOf } from './demand.ts';
import type { Wanted } from './wanted.ts';

export type EstimateSettings = {
  /** One estimate a product, place and such a period. */
  readonly bucket: PeriodKind;
  /** Whether the plant of a company works on a day. */
  readonly works: (company: number | undefined) => (day: number) => boolean;
};

/** Turns a forecast's demand into demand estimates, one a product, place and period; a period that has begun counts whole. */
export async function demandEstimates(wanted: readonly Wanted[], settings: EstimateSettings): Promise<DemandEstimate[]> {
  const bucketerOf = perCompany((company) => ({ kind: settings.bucket, works: settings.works(company) }));
  const pace = new Pace();
  const estimates: DemandEstimate[] = [];
  for (const { product, location, periods, warehouse, step } of wanted) {
    if (pace.due()) await pace.rest();
    for (const bucket of bucketerOf(warehouse.company)(periods, step))
      estimates.push({
        product,
        location,
        from: dayText(bucket.first),
        to: dayText(bucket.end - 1),
        quantity: scaledText(bucket.units),
        [SOURCE]: sourceOf([bucket]),
        [PLANNED]: { product, location },
      });
  }
  return estimates;
}
