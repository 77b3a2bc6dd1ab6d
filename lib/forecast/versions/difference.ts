import { readPeriod } from '../../canonical/period.ts';
import type { VersionItem } from '../../canonical/version-item.ts';
import { Pace } from '../../mapping/pace.ts';
import { scaled, scaledText } from '../scaled.ts';
import { type ChangeLimit, distance, isBeyond, percentOf } from './change.ts';
import { Tally, type Totals } from './tally.ts';

/** What differs in one period of a product at a place. Quantities are decimals as text, in the unit `uom`. */
export type Change = {
  readonly kind: 'new' | 'gone' | 'changed';
  readonly product: string;
  readonly location: string;
  readonly group: string;
  readonly period: string;
  readonly uom: string;
  readonly before: string;
  readonly after: string;
  /** Of the quantity before, below zero for less; null where that was nothing. */
  readonly percent: number | null;
};

/** How a version differs from the planning baseline. A *line* here is one product, place and period. */
export type Difference = {
  /** False where there is no baseline: then all lines are new. */
  readonly compared: boolean;
  readonly total: Totals;
  /** By product group, what deviates most first; blank is what has no group. */
  readonly groups: readonly (Totals & { readonly group: string })[];
  /** By place, what deviates most first. */
  readonly places: readonly (Totals & { readonly location: string })[];
  /** The change of the largest quantity among the lines of the baseline. */
  readonly largest: Change | null;
  /** Changes of lines of the baseline that go beyond the limit of a single change, and the largest of them by percent. */
  readonly beyond: { readonly count: number; readonly largest: Change | null };
  /** The changes of the largest quantities, so many as are wanted; the counts are whole. */
  readonly changes: readonly Change[];
};

export type Comparing = {
  /** The plant's date, `YYYY-MM-DD`: a line of the baseline whose period ended before is past, not gone. */
  readonly today: string;
  /** Limit of a single change; none when left out. */
  readonly limit?: ChangeLimit;
  /** How many changes are listed (100). */
  readonly listed?: number;
};

/**
 * Compares what a version wants with what the planning baseline wants, by product, place and period, exactly. Where a
 * product is counted in another unit than before, its quantities do not compare: its lines are gone and new.
 * @param baseline undefined where nothing has been released yet
 */
export async function differenceOf(
  baseline: Iterable<VersionItem> | undefined,
  items: Iterable<VersionItem>,
  { today, limit = {}, listed = 100 }: Comparing,
): Promise<Difference> {
  const pace = new Pace();
  const before = new Map<string, VersionItem>();
  for (const item of baseline ?? []) {
    before.set(keyOf(item), item);
    if (pace.due()) await pace.rest();
  }
  const counted = new Counted(limit, listed);
  for (const item of items) {
    const earlier = before.get(keyOf(item));
    before.delete(keyOf(item));
    compare(earlier, item, today, counted);
    if (pace.due()) await pace.rest();
  }
  for (const item of before.values()) {
    compare(item, undefined, today, counted);
    if (pace.due()) await pace.rest();
  }
  return { compared: baseline !== undefined, ...counted.closed() };
}

function keyOf({ product, location }: VersionItem): string {
  return `${product}\u0000${location}`;
}

function compare(earlier: VersionItem | undefined, item: VersionItem | undefined, today: string, counted: Counted): void {
  const comparable = earlier && item && earlier.uom === item.uom;
  const left = new Map(earlier?.periods.map(({ period, quantity }) => [period, quantity]));
  for (const { period, quantity } of item?.periods ?? []) {
    const before = comparable ? left.get(period) : undefined;
    if (before !== undefined) left.delete(period);
    counted.add(item!, period, before, quantity);
  }
  for (const [period, quantity] of left) {
    if (!isPast(period, today)) counted.add(comparable ? item : earlier!, period, quantity, undefined);
  }
}

function isPast(text: string, today: string): boolean {
  const period = readPeriod(text);
  return !('fault' in period) && period.end <= today;
}

/** A change with its quantities in units of 10⁻²⁰. */
type Moved = { readonly change: Change; readonly moved: bigint; readonly percent: number };

class Counted {
  readonly #total = new Tally();
  readonly #groups = new Map<string, Tally>();
  readonly #places = new Map<string, Tally>();
  readonly #limit: ChangeLimit;
  readonly #listed: number;
  #moved: Moved[] = [];
  #largest: Moved | undefined;
  #beyond = 0;
  #furthest: Moved | undefined;

  constructor(limit: ChangeLimit, listed: number) {
    this.#limit = limit;
    this.#listed = listed;
  }

  add(item: VersionItem, period: string, earlier: string | undefined, later: string | undefined): void {
    const before = scaled(earlier ?? '0');
    const after = scaled(later ?? '0');
    const kind = earlier === undefined ? 'new' : later === undefined ? 'gone' : before === after ? 'unchanged' : 'changed';
    for (const tally of [this.#total, tallyOf(this.#groups, item.group), tallyOf(this.#places, item.location)])
      tally.add(kind, before, after);
    if (kind === 'unchanged') return;
    const { product, location, group, uom } = item;
    const moved = distance(before, after);
    const part = percentOf(moved, before);
    const percent = part !== null && after < before ? -part : part;
    const texts = { before: scaledText(before), after: scaledText(after) };
    const change: Change = { kind, product, location, group, period, uom, ...texts, percent };
    const one = { change, moved, percent: part ?? Number.POSITIVE_INFINITY };
    this.#keep(one);
    if (kind === 'new') return;
    if (!this.#largest || moved > this.#largest.moved) this.#largest = one;
    if (!isBeyond(before, after, this.#limit)) return;
    this.#beyond++;
    if (!this.#furthest || one.percent > this.#furthest.percent) this.#furthest = one;
  }

  closed(): Omit<Difference, 'compared'> {
    this.#cut();
    const named = (tallies: Map<string, Tally>) => [...tallies].sort(([, one], [, other]) => byDeviation(other, one));
    return {
      total: this.#total.totals(),
      groups: named(this.#groups).map(([group, tally]) => ({ group, ...tally.totals() })),
      places: named(this.#places).map(([location, tally]) => ({ location, ...tally.totals() })),
      largest: this.#largest?.change ?? null,
      beyond: { count: this.#beyond, largest: this.#furthest?.change ?? null },
      changes: this.#moved.map(({ change }) => change),
    };
  }

  /** Keeps the largest; they are sorted only when twice as many as are wanted have come together. */
  #keep(moved: Moved): void {
    this.#moved.push(moved);
    if (this.#moved.length > 2 * this.#listed + 16) this.#cut();
  }

  #cut(): void {
    this.#moved.sort((one, other) => (one.moved > other.moved ? -1 : one.moved < other.moved ? 1 : 0));
    this.#moved = this.#moved.slice(0, this.#listed);
  }
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  let tally = tallies.get(name);
  if (!tally) {
    tally = new Tally();
    tallies.set(name, tally);
  }
  return tally;
}

function byDeviation(one: Tally, other: Tally): number {
  return one.deviation > other.deviation ? 1 : one.deviation < other.deviation ? -1 : 0;
}
