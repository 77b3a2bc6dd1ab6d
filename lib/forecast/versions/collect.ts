import { type FlowRecord, GROUP, LINE, SOURCE } from '../../canonical/marks.ts';
import { readQuantity } from '../../canonical/quantity.ts';
import type { VersionItem, VersionLine } from '../../canonical/version-item.ts';
import { pacer } from '../../store/pace.ts';
import { ForecastError } from '../errors.ts';
import { scaled, scaledText } from '../scaled.ts';

type Period = { units: bigint; readonly lines: VersionLine[] };
type Item = {
  readonly product: string;
  readonly location: string;
  group: string;
  uom: string;
  lines: number;
  sent: bigint;
  readonly periods: Map<string, Period>;
};

/** Gathers a run's accepted lines, as they come, into what its version wants of each product at each place; sums are exact. */
export class VersionCollector {
  readonly #items = new Map<string, Item>();

  /**
   * Adds lines as `forecast-validate` accepts them: quantity in the product's own unit.
   * @throws ForecastError `settings` for lines that were not validated
   */
  async add(lines: readonly FlowRecord[]): Promise<void> {
    const pace = pacer();
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
          'A line without product, location, period or quantity came to be approved. Validate the lines first.',
        );
      const item = this.#of(product, location);
      item.group = line[GROUP] ?? item.group;
      item.uom = typeof line.uom === 'string' ? line.uom : item.uom;
      const source = line[SOURCE];
      const units = scaled(quantity);
      item.lines += source?.lines ?? 1;
      item.sent += source ? scaled(source.quantity) : units;
      let wanted = item.periods.get(period);
      if (!wanted) {
        wanted = { units: 0n, lines: [] };
        item.periods.set(period, wanted);
      }
      wanted.units += units;
      wanted.lines.push(lineOf(line, quantity));
      await pace();
    }
  }

  /** What was gathered, each product and place once, its periods in order. */
  async items(): Promise<VersionItem[]> {
    const pace = pacer();
    const items: VersionItem[] = [];
    for (const { periods, sent, ...item } of this.#items.values()) {
      const wanted = [...periods]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([period, { units, lines }]) => ({ period, quantity: scaledText(units), lines }));
      items.push({ ...item, sent: scaledText(sent), periods: wanted });
      await pace();
    }
    return items;
  }

  #of(product: string, location: string): Item {
    const key = `${product}\0${location}`;
    let item = this.#items.get(key);
    if (!item) {
      item = { product, location, group: '', uom: '', lines: 0, sent: 0n, periods: new Map() };
      this.#items.set(key, item);
    }
    return item;
  }
}

function lineOf(line: FlowRecord, quantity: string): VersionLine {
  const { customer, channel } = line;
  const number = line[LINE] ?? 0;
  if (typeof channel === 'string' && channel) return [number, quantity, typeof customer === 'string' ? customer : '', channel];
  return typeof customer === 'string' && customer ? [number, quantity, customer] : [number, quantity];
}

/**
 * Items as lines for the flow: one for each period, with the number of sender's lines behind it. The quantity that the
 * sender gave stands behind an item's first line, for only the item knows it.
 */
export function linesOf(items: readonly VersionItem[]): FlowRecord[] {
  return items.flatMap(({ product, location, group, uom, lines, sent, periods }) => {
    const apart = periods.reduce((total, period) => total + period.lines.length, 0) === lines;
    return periods.map(({ period, quantity, lines: own }, index) => ({
      product,
      location,
      period,
      quantity,
      uom,
      [GROUP]: group,
      [SOURCE]: { lines: apart ? own.length : index === 0 ? lines : 0, quantity: index === 0 ? sent : '0' },
    }));
  });
}
