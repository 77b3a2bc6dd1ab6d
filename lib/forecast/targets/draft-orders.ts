import { PLANNED, SOURCE } from '../../canonical/marks.ts';
import type { PeriodKind } from '../../canonical/period.ts';
import type { PlannedOrder } from '../../canonical/planned-order.ts';
import { Pace } from '../../mapping/pace.ts';
import { dayNumber, dayText } from '../days.ts';
import { ForecastError } from '../errors.ts';
import { scaledText } from '../scaled.ts';
import { type Bucketer, perCompany } from './buckets.ts';
import { sourceOf } from './demand.ts';
import type { Wanted } from './wanted.ts';

export type OrderSettings = {
  /** One order a product and such a period. */
  readonly bucket: PeriodKind;
  /** The run's date in the plant, `YYYY-MM-DD`. */
  readonly today: string;
  /** The interface that the forecast came by: part of the orders' key. */
  readonly interface: string;
  /** Whether the plant of a company works on a day. */
  readonly works: (company: number | undefined) => (day: number) => boolean;
};

/** What the keys of our orders begin with. */
export const ORDER_KEY = 'PB/';

/**
 * Turns a forecast's demand into draft orders, one a product, place and period: to be made where the product is made, to be
 * bought where it is bought. What of a period lies before today is past and not ordered any more. An order of nothing is
 * among them: it takes back what an earlier forecast wanted.
 * @throws ForecastError `changed` for a product that has no supply any more
 */
export async function draftOrders(wanted: readonly Wanted[], settings: OrderSettings): Promise<PlannedOrder[]> {
  const from = dayNumber(settings.today);
  const bucketerOf = perCompany((company) => ({ kind: settings.bucket, works: settings.works(company), from }));
  const pace = new Pace();
  const orders: PlannedOrder[] = [];
  for (const one of wanted) {
    if (pace.due()) await pace.rest();
    for (const order of ordersFor(one, bucketerOf(one.warehouse.company), settings.interface)) orders.push(order);
  }
  return orders;
}

function ordersFor({ product, location, periods, supply, step }: Wanted, bucketed: Bucketer, name: string): PlannedOrder[] {
  if (supply.kind === 'none')
    throw new ForecastError(
      'changed',
      `Nothing makes or sells "${product}" for "${location}" any more, as it did when the forecast was validated. Send the run again.`,
    );
  return bucketed(periods, step).map((bucket) => ({
    product,
    location,
    period: bucket.text,
    quantity: scaledText(bucket.units),
    supply: supply.kind,
    start: dayText(bucket.first - supply.leadDays),
    due: dayText(bucket.first),
    origin: orderKey(name, product, location, bucket.text),
    ...(supply.kind === 'buy' ? { supplier: String(supply.partner) } : { billOfMaterials: String(supply.bom) }),
    [SOURCE]: sourceOf([bucket]),
    [PLANNED]: { product, location },
  }));
}

/** The key of an order; what would be taken for its separator is escaped. */
function orderKey(...parts: readonly string[]): string {
  return ORDER_KEY + parts.map((part) => part.replaceAll(/[%/]/g, encodeURIComponent)).join('/');
}

/** The place that a key of ours names. */
export function placeOfKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.split('/').at(-2) ?? '');
  } catch {
    return undefined;
  }
}
