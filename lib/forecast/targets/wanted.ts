import { Pace } from '../../mapping/pace.ts';
import { type DaySpan, periodReader } from '../days.ts';
import { ForecastError } from '../errors.ts';
import type { MasterView, Product, Warehouse } from '../master-view.ts';
import { scaled } from '../scaled.ts';
import type { Supply } from '../supply.ts';
import { type Demand, type DemandCollector, isGone, type PeriodSum } from './demand.ts';

/** The demand of a product at a place, with what Odoo knows of the two. */
export type Wanted = Pick<Demand, 'product' | 'location'> & {
  readonly periods: readonly (readonly [DaySpan, Readonly<PeriodSum>])[];
  /** Odoo's product variant and warehouse behind the references. */
  readonly variant: Product;
  readonly warehouse: Warehouse;
  readonly supply: Supply;
  /** The rounding of the product's own unit, in units of 10⁻²⁰. */
  readonly step: bigint;
};

/**
 * A run's demand beside its master data, one a product and place, in the order in which it came.
 * @throws ForecastError `changed` where `master` no longer knows a product or place, `settings` for a period that is none
 */
export async function wantedOf(collected: DemandCollector, master: MasterView, zone: string): Promise<Wanted[]> {
  const read = periodReader(zone);
  const spanOf = (text: string): DaySpan => {
    const span = read(text);
    if ('fault' in span) throw new ForecastError('settings', `The period "${text}" ${span.fault}. Validate the lines first.`);
    return span;
  };
  const pace = new Pace();
  const wanted: Wanted[] = [];
  for (const { product: reference, location, periods } of collected.demand()) {
    if (pace.due()) await pace.rest();
    const { product, warehouse, supply } = master.standing(reference, location, undefined);
    if (product.is !== 'one' || warehouse.is !== 'one' || !supply) {
      // What left the plan may have left Odoo too: nothing is to be taken back there.
      if ([...periods.values()].every(isGone)) continue;
      throw new ForecastError(
        'changed',
        `Odoo no longer knows "${reference}" at "${location}" as it did when the forecast was validated. Send the run again.`,
      );
    }
    wanted.push({
      product: reference,
      location,
      periods: [...periods].map(([text, sum]) => [spanOf(text), sum]),
      variant: product.product,
      warehouse: warehouse.warehouse,
      supply,
      step: scaled(product.unit?.rounding ?? '0.01'),
    });
  }
  return wanted;
}
