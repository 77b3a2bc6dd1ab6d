import type { VersionItem } from '../../canonical/version-item.ts';
import { Pace } from '../../mapping/pace.ts';
import { dayNumber } from '../days.ts';
import type { ChangeLimit } from './change.ts';
import { CountedChanges } from './counted-changes.ts';
import { horizonOf, knownDays, rolledOn } from './horizon.ts';
import type { Totals } from './tally.ts';

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
  /** The first day, `YYYY-MM-DD`, of the earliest period not over yet in which something differs. */
  readonly firstDay: string | null;
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
 *
 * A plan rolls on with the calendar: lines whose period is over are past, and new ones after the baseline's last period
 * count as new, but for no deviation, as far as the plan's beginning has moved on too.
 * @param baseline undefined where nothing has been released yet
 */
export async function differenceOf(
  baseline: readonly VersionItem[] | undefined,
  items: readonly VersionItem[],
  { today, limit = {}, listed = 100 }: Comparing,
): Promise<Difference> {
  const pace = new Pace();
  const before = new Map<string, VersionItem>();
  for (const item of baseline ?? []) {
    before.set(keyOf(item), item);
    if (pace.due()) await pace.rest();
  }
  const daysOf = knownDays();
  const rolled = rolledOn(await horizonOf(baseline ?? [], daysOf, pace), await horizonOf(items, daysOf, pace));
  const counted = new CountedChanges({ daysOf, today: dayNumber(today), rolled, limit, listed });
  for (const item of items) {
    const earlier = before.get(keyOf(item));
    before.delete(keyOf(item));
    compare(earlier, item, counted);
    if (pace.due()) await pace.rest();
  }
  for (const item of before.values()) {
    compare(item, undefined, counted);
    if (pace.due()) await pace.rest();
  }
  return { compared: baseline !== undefined, ...counted.closed() };
}

function keyOf({ product, location }: VersionItem): string {
  return `${product}\u0000${location}`;
}

function compare(earlier: VersionItem | undefined, item: VersionItem | undefined, counted: CountedChanges): void {
  const comparable = earlier && item && earlier.uom === item.uom;
  const left = new Map(earlier?.periods.map(({ period, quantity }) => [period, quantity]));
  for (const { period, quantity } of item?.periods ?? []) {
    const before = comparable ? left.get(period) : undefined;
    if (before !== undefined) left.delete(period);
    counted.add(item!, period, before, quantity);
  }
  for (const [period, quantity] of left) counted.add(comparable ? item : earlier!, period, quantity, undefined);
}
