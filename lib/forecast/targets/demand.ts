import { type FlowRecord, SOURCE } from '../../canonical/marks.ts';
import { readQuantity } from '../../canonical/quantity.ts';
import { ForecastError } from '../errors.ts';
import { scaled } from '../scaled.ts';

/** What a product is wanted for at a place, by period, in the product's own unit; quantities in units of 10⁻²⁰. */
export type Demand = {
  readonly product: string;
  readonly location: string;
  /** How many forecast lines it was summed from. */
  lines: number;
  /** What their senders gave, summed whatever the units: by this the run's totals are counted. */
  sent: bigint;
  readonly periods: Map<string, bigint>;
};

/** Sums a run's accepted lines as they come, exactly; what it holds grows with products, places and periods, not with lines. */
export class DemandCollector {
  readonly #demand = new Map<string, Demand>();

  /**
   * Adds lines as `validateLines` accepts them: quantity in the product's own unit.
   * @throws ForecastError `settings` for lines that were not validated
   */
  add(lines: readonly FlowRecord[]): void {
    for (const line of lines) {
      const { product, location, period } = line;
      const quantity = readQuantity(line.quantity);
      if (
        typeof product !== 'string' ||
        typeof location !== 'string' ||
        typeof period !== 'string' ||
        typeof quantity === 'object'
      )
        throw new ForecastError(
          'settings',
          'A line without product, location, period or quantity came to the target. Validate the lines first.',
        );
      const demand = this.#of(product, location);
      const source = line[SOURCE];
      demand.lines += source?.lines ?? 1;
      const units = scaled(quantity);
      demand.sent += source ? scaled(source.quantity) : units;
      demand.periods.set(period, (demand.periods.get(period) ?? 0n) + units);
    }
  }

  /** Every product and place that has demand, each once, in the order in which it came. */
  demand(): Iterable<Readonly<Demand>> {
    return this.#demand.values();
  }

  /** The products and places that have demand, for master data. */
  references(): { product: string; location: string }[] {
    return [...this.#demand.values()].map(({ product, location }) => ({ product, location }));
  }

  #of(product: string, location: string): Demand {
    const key = `${product}\u0000${location}`;
    let demand = this.#demand.get(key);
    if (!demand) {
      demand = { product, location, lines: 0, sent: 0n, periods: new Map() };
      this.#demand.set(key, demand);
    }
    return demand;
  }
}
