import { type FlowRecord, SOURCE, type SourceMark } from '../../canonical/marks.ts';
import { readQuantity } from '../../canonical/quantity.ts';
import { ForecastError } from '../errors.ts';
import { scaled, scaledText } from '../scaled.ts';

/** What was summed for one period; quantities in units of 10⁻²⁰. */
export type PeriodSum = {
  /** In the product's own unit. */
  units: bigint;
  /** How many forecast lines it was summed from. */
  lines: number;
  /** What their senders gave, summed whatever the units: by this the run's totals are counted. */
  sent: bigint;
};

/** Whether nothing is wanted in a period, and no line says so: it is gone from the plan. */
export const isGone = ({ units, lines }: PeriodSum): boolean => units === 0n && lines === 0;

/** What a product is wanted for at a place, by period. */
export type Demand = {
  readonly product: string;
  readonly location: string;
  readonly periods: ReadonlyMap<string, Readonly<PeriodSum>>;
};

/** Sums a run's accepted lines as they come, exactly; what it holds grows with products, places and periods, not with lines. */
export class DemandCollector {
  readonly #demand = new Map<string, Summing>();

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
      const source = line[SOURCE];
      const units = scaled(quantity);
      const sum = this.#of(product, location, period);
      sum.units += units;
      sum.lines += source?.lines ?? 1;
      sum.sent += source ? scaled(source.quantity) : units;
    }
  }

  /** Every product and place that has demand, each once, in the order in which it came. */
  demand(): Iterable<Demand> {
    return this.#demand.values();
  }

  /** The products and places that have demand, for master data. */
  references(): { product: string; location: string }[] {
    return [...this.#demand.values()].map(({ product, location }) => ({ product, location }));
  }

  #of(product: string, location: string, period: string): PeriodSum {
    const key = `${product}\u0000${location}`;
    let demand = this.#demand.get(key);
    if (!demand) {
      demand = { product, location, periods: new Map() };
      this.#demand.set(key, demand);
    }
    let sum = demand.periods.get(period);
    if (!sum) {
      sum = { units: 0n, lines: 0, sent: 0n };
      demand.periods.set(period, sum);
    }
    return sum;
  }
}

type Summing = Demand & { readonly periods: Map<string, PeriodSum> };

/** The lines behind sums, and what their senders gave. */
export function sourceOf(sums: Iterable<Pick<PeriodSum, 'lines' | 'sent'>>): SourceMark {
  let lines = 0;
  let sent = 0n;
  for (const sum of sums) {
    lines += sum.lines;
    sent += sum.sent;
  }
  return { lines, quantity: scaledText(sent) };
}
