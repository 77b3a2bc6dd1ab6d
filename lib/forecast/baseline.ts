import type { FlowRecord } from '../canonical/marks.ts';
import type { VersionItem } from '../canonical/version-item.ts';
import { Pace } from '../mapping/pace.ts';
import { type ReadLine, referenceOf } from './reading.ts';
import { scaled } from './scaled.ts';

export type PlannedPlace = { readonly product: string; readonly location: string };

/** Reads in bulk what the planning baseline wants of products at places; nothing where there is no baseline. */
export type BaselineSource = (places: readonly PlannedPlace[]) => Promise<readonly VersionItem[]>;

/** What names a line within its product and place. */
type Naming = Pick<ReadLine, 'customer' | 'channel'> & { readonly period: string };

/** What the baseline wants of a product at a place, in the unit `uom`: by line, in units of 10⁻²⁰. */
type Wanted = { readonly uom: string; readonly lines: ReadonlyMap<string, bigint> };

/** The planning baseline as far as a run's lines need it: of each product and place what was read first stands. */
export class Baseline {
  readonly #source: BaselineSource;
  readonly #known = new Map<string, Wanted | undefined>();
  readonly #pace = new Pace();

  constructor(source: BaselineSource) {
    this.#source = source;
  }

  /** Reads what is not known yet about the products and places that the lines name. */
  async load(lines: readonly FlowRecord[]): Promise<void> {
    const places = new Map<string, PlannedPlace>();
    for (const line of lines) {
      const [product, location] = [referenceOf(line.product), referenceOf(line.location)];
      if (product === undefined || location === undefined) continue;
      const key = keyOf(product, location);
      if (!this.#known.has(key)) places.set(key, { product, location });
    }
    if (places.size === 0) return;
    const items = await this.#source([...places.values()]);
    for (const key of places.keys()) this.#known.set(key, undefined);
    for (const item of items) {
      this.#known.set(keyOf(item.product, item.location), wantedOf(item));
      if (this.#pace.due()) await this.#pace.rest();
    }
  }

  /**
   * What the baseline wants by the line of this period, customer and channel, in units of 10⁻²⁰ of the unit `uom`.
   * Undefined for a line that it does not have, or has in another unit.
   */
  wanted({ product, location }: PlannedPlace, line: Naming, uom: string): bigint | undefined {
    const wanted = this.#known.get(keyOf(product, location));
    return wanted?.uom === uom ? wanted.lines.get(lineKey(line)) : undefined;
  }
}

function keyOf(product: string, location: string): string {
  return `${product}\u0000${location}`;
}

function lineKey({ period, customer, channel }: Naming): string {
  return `${period}\u0000${customer ?? ''}\u0000${channel ?? ''}`;
}

function wantedOf({ uom, periods }: VersionItem): Wanted {
  const lines = new Map<string, bigint>();
  for (const { period, quantity, lines: behind } of periods) {
    // Where lines were refused, the baseline of before stands with its sum only.
    if (behind.length === 0) lines.set(lineKey({ period, customer: undefined, channel: undefined }), scaled(quantity));
    for (const [, given, customer, channel] of behind) {
      const key = lineKey({ period, customer, channel });
      lines.set(key, (lines.get(key) ?? 0n) + scaled(given));
    }
  }
  return { uom, lines };
}
