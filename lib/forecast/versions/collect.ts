import { type FlowRecord, GROUP, LINE, SOURCE } from '../../canonical/marks.ts';
import { readPeriod } from '../../canonical/period.ts';
import { readQuantity } from '../../canonical/quantity.ts';
import type { VersionItem, VersionLine } from '../../canonical/version-item.ts';
import { Pace } from '../../mapping/pace.ts';
import { ForecastError } from '../errors.ts';
import { scaled, scaledText } from '../scaled.ts';

/** What is wanted in a period, in units of 10⁻²⁰, and the lines behind it. */
type Wanted = { units: bigint; lines: VersionLine[] };

type Item = {
  readonly product: string;
  readonly location: string;
  readonly group: string;
  readonly uom: string;
  lines: number;
  sent: bigint;
  readonly periods: Map<string, Wanted>;
};

/** Sums a run's accepted lines to what a forecast version wants, exactly, and keeps which lines stand behind it. */
export class VersionCollector {
  readonly #items = new Map<string, Item>();
  readonly #pace = new Pace();

  /**
   * Adds lines as `validateLines` accepts them: their quantity in the product's own unit. Others get their turn in
   * between; await it before the next call.
   * @throws ForecastError `settings` for lines that were not validated, `changed` where the product's unit did
   */
  async add(lines: readonly FlowRecord[]): Promise<void> {
    for (const line of lines) {
      this.#addLine(line);
      if (this.#pace.due()) await this.#pace.rest();
    }
  }

  /**
   * Adds what another collector gave. A period without lines stands there only until there are some: it was taken from
   * the baseline in place of lines that were refused.
   * @throws ForecastError `changed` where the unit of a product is not what it was
   */
  async addItems(items: Iterable<VersionItem>): Promise<void> {
    for (const { product, location, group, uom, lines, sent, periods } of items) {
      const item = this.#of(product, location, group, uom);
      item.lines += lines;
      item.sent += scaled(sent);
      for (const { period, quantity, lines } of periods) put(item, period, scaled(quantity), lines);
      if (this.#pace.due()) await this.#pace.rest();
    }
  }

  /** What was wanted so far, one item a product and place, in the order in which they came. */
  async items(): Promise<VersionItem[]> {
    const items: VersionItem[] = [];
    for (const item of this.#items.values()) {
      items.push(closed(item));
      if (this.#pace.due()) await this.#pace.rest();
    }
    return items;
  }

  #addLine(line: FlowRecord): void {
    const { product, location, period, uom } = line;
    const quantity = readQuantity(line.quantity);
    if (typeof product !== 'string' || typeof location !== 'string' || typeof period !== 'string' || typeof quantity === 'object')
      throw new ForecastError(
        'settings',
        'A line without product, location, period or quantity came to the version. Validate the lines first.',
      );
    const item = this.#of(product, location, line[GROUP] ?? '', typeof uom === 'string' ? uom : '');
    const source = line[SOURCE];
    const units = scaled(quantity);
    item.lines += source?.lines ?? 1;
    item.sent += source ? scaled(source.quantity) : units;
    put(item, period, units, [versionLine(line, quantity)]);
  }

  #of(product: string, location: string, group: string, uom: string): Item {
    const key = `${product}\u0000${location}`;
    let item = this.#items.get(key);
    if (!item) {
      item = { product, location, group, uom, lines: 0, sent: 0n, periods: new Map() };
      this.#items.set(key, item);
    }
    if (item.uom !== uom)
      throw new ForecastError(
        'changed',
        `Odoo counts "${product}" in ${uom}, and counted it in ${item.uom} when its other lines were validated. Send the forecast again.`,
      );
    return item;
  }
}

/**
 * The items of a version with those of its lines that were held then and have been accepted since.
 * @throws ForecastError `changed` where the unit of a product is not what it was
 */
export async function mergeItems(earlier: Iterable<VersionItem>, redriven: Iterable<VersionItem>): Promise<VersionItem[]> {
  const collector = new VersionCollector();
  await collector.addItems(earlier);
  await collector.addItems(redriven);
  return collector.items();
}

function put(item: Item, period: string, units: bigint, lines: readonly VersionLine[]): void {
  const wanted = item.periods.get(period);
  if (!wanted || wanted.lines.length === 0) item.periods.set(period, { units, lines: [...lines] });
  else if (lines.length > 0) {
    wanted.units += units;
    wanted.lines.push(...lines);
  }
}

/** Line 0 is one that came without a number. A customer is left out only where there is no channel either. */
function versionLine(line: FlowRecord, quantity: string): VersionLine {
  const number = line[LINE] ?? 0;
  const customer = typeof line.customer === 'string' ? line.customer : '';
  const channel = typeof line.channel === 'string' ? line.channel : '';
  if (channel) return [number, quantity, customer, channel];
  return customer ? [number, quantity, customer] : [number, quantity];
}

function closed({ product, location, group, uom, lines, sent, periods }: Item): VersionItem {
  const wanted = [...periods].map(([period, { units, lines }]) => ({ period, quantity: scaledText(units), lines }));
  if (wanted.length > 1) {
    const order = new Map(wanted.map(({ period }) => [period, placeInTime(period)]));
    wanted.sort((one, other) => (order.get(one.period)! < order.get(other.period)! ? -1 : 1));
  }
  return { product, location, group, uom, lines, sent: scaledText(sent), periods: wanted };
}

/** By the first day, then the shorter one: 2026-12-01, 2026-12, 2026-W50. */
function placeInTime(text: string): string {
  const period = readPeriod(text);
  return 'fault' in period ? text : `${period.start} ${period.end}`;
}
