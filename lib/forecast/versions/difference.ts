import type { VersionItem } from '../../canonical/version-item.ts';
import { pacer } from '../../store/pace.ts';
import { type DaySpan, dayText, periodReader } from '../days.ts';
import { scaled, scaledText } from '../scaled.ts';

/** A product at a place in a period, in the baseline and now; quantities in the product's own unit. */
export type Change = {
  readonly product: string;
  readonly location: string;
  readonly period: string;
  readonly group: string;
  readonly kind: 'new' | 'gone' | 'changed';
  readonly before: string;
  readonly after: string;
  readonly change: string;
  /** Of the quantity before; null where there was none. */
  readonly percent: number | null;
};

export type Sums = { readonly before: string; readonly after: string };

/** How a version differs from the planning baseline. */
export type Difference = {
  /** Whether there is a baseline at all. */
  readonly compared: boolean;
  /** How many combinations of product, place and period. */
  readonly counts: {
    readonly new: number;
    readonly gone: number;
    readonly changed: number;
    readonly unchanged: number;
    /** Of the new and gone ones, those that only the rolling of the horizon brought or took; they are no change. */
    readonly rolled: number;
  };
  readonly quantity: Sums;
  /** Share of the combinations that changed, in percent; what rolled in or out is not counted. */
  readonly changedPercent: number;
  /** The sum of all changes of the baseline's quantity, in percent; what rolled in or out is not counted. */
  readonly deviationPercent: number;
  readonly groups: readonly (Sums & { readonly group: string })[];
  readonly places: readonly (Sums & { readonly location: string })[];
  /** The first day that a change concerns, `YYYY-MM-DD`. */
  readonly firstDay: string | null;
  /** The change of the largest percentage among those above the least quantity that matters; null where there is none. */
  readonly largest: Change | null;
  /** The largest changes, by quantity; what rolled in or out is not among them. */
  readonly changes: readonly Change[];
};

const MOST_CHANGES = 200;

type Sum = { before: bigint; after: bigint };
type Horizon = { first: number; end: number };

/**
 * Compares what a version wants with what the baseline wants, by product, place and period. A period before the version's
 * horizon, or after the baseline's, came or went with the calendar and is no change. For the `largest` change those of
 * `leastQuantity` or less do not matter.
 */
export async function differenceOf(
  baseline: readonly VersionItem[] | undefined,
  items: readonly VersionItem[],
  leastQuantity = 0,
): Promise<Difference> {
  const least = scaled(String(leastQuantity));
  const span = spans();
  const [horizonBefore, horizonNow] = [horizonOf(baseline ?? [], span), horizonOf(items, span)];
  const counts = { new: 0, gone: 0, changed: 0, unchanged: 0, rolled: 0 };
  const groups = new Map<string, Sum>();
  const places = new Map<string, Sum>();
  const total: Sum = { before: 0n, after: 0n };
  const changes: (Change & { readonly size: bigint })[] = [];
  let deviation = 0n;
  let comparable = 0n;
  let firstDay: number | undefined;
  let largest: Change | undefined;

  const compare = (of: VersionItem, period: string, before: bigint | undefined, after: bigint | undefined): void => {
    const [was, is] = [before ?? 0n, after ?? 0n];
    for (const sum of [total, sumOf(groups, of.group), sumOf(places, of.location)]) {
      sum.before += was;
      sum.after += is;
    }
    const kind = before === undefined ? 'new' : after === undefined ? 'gone' : was === is ? 'unchanged' : 'changed';
    counts[kind]++;
    const { first, end } = span(period);
    const rolled = (kind === 'new' && first >= horizonBefore.end) || (kind === 'gone' && end <= horizonNow.first);
    if (rolled) counts.rolled++;
    else comparable += was;
    if (rolled || kind === 'unchanged') return;
    const size = is > was ? is - was : was - is;
    deviation += size;
    firstDay = Math.min(firstDay ?? first, first);
    const { product, location, group } = of;
    const percent = was === 0n ? null : percentOf(is - was, was);
    const texts = { before: scaledText(was), after: scaledText(is), change: scaledText(is - was) };
    const change: Change = { product, location, period, group, kind, ...texts, percent };
    if (size > least && shareOf(change) > shareOf(largest)) largest = change;
    changes.push({ ...change, size });
    if (changes.length > 20 * MOST_CHANGES) keepLargest(changes);
  };

  const pace = pacer();
  const earlier = new Map((baseline ?? []).map((item) => [keyOf(item), item]));
  for (const item of items) {
    const before = quantities(earlier.get(keyOf(item)));
    earlier.delete(keyOf(item));
    for (const { period, quantity } of item.periods) {
      compare(item, period, before.get(period), scaled(quantity));
      before.delete(period);
    }
    for (const [period, quantity] of before) compare(item, period, quantity, undefined);
    await pace();
  }
  for (const item of earlier.values()) {
    for (const { period, quantity } of item.periods) compare(item, period, scaled(quantity), undefined);
    await pace();
  }

  const compared = counts.new + counts.gone + counts.changed + counts.unchanged - counts.rolled;
  const differing = compared - counts.unchanged;
  return {
    compared: baseline !== undefined,
    counts,
    quantity: texts(total),
    changedPercent: compared === 0 ? 0 : round((100 * differing) / compared),
    deviationPercent: comparable === 0n ? (deviation === 0n ? 0 : 100) : percentOf(deviation, comparable),
    groups: [...groups].map(([group, sum]) => ({ group, ...texts(sum) })),
    places: [...places].map(([location, sum]) => ({ location, ...texts(sum) })),
    firstDay: firstDay === undefined ? null : dayText(firstDay),
    largest: largest ?? null,
    changes: keepLargest(changes).map(({ size: _, ...change }) => change),
  };
}

/** How large a change is by its share; one from nothing is larger than any percentage. */
export function shareOf(change: Change | undefined): number {
  if (!change) return -1;
  return change.percent === null ? Number.POSITIVE_INFINITY : Math.abs(change.percent);
}

function keepLargest<Sized extends { readonly size: bigint }>(changes: Sized[]): Sized[] {
  changes.sort((one, other) => (one.size < other.size ? 1 : one.size > other.size ? -1 : 0)).splice(MOST_CHANGES);
  return changes;
}

function quantities(item: VersionItem | undefined): Map<string, bigint> {
  return new Map(item?.periods.map(({ period, quantity }) => [period, scaled(quantity)]));
}

function horizonOf(items: readonly VersionItem[], span: (period: string) => DaySpan): Horizon {
  const horizon = { first: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY };
  for (const { periods } of items)
    for (const { period } of periods) {
      const { first, end } = span(period);
      horizon.first = Math.min(horizon.first, first);
      horizon.end = Math.max(horizon.end, end);
    }
  return horizon;
}

/** The days of periods that validation has let through. */
function spans(): (period: string) => DaySpan {
  const read = periodReader('UTC');
  return (period) => {
    const span = read(period);
    return 'fault' in span ? { text: period, first: 0, end: 0 } : span;
  };
}

function sumOf(sums: Map<string, Sum>, key: string): Sum {
  let sum = sums.get(key);
  if (!sum) {
    sum = { before: 0n, after: 0n };
    sums.set(key, sum);
  }
  return sum;
}

const keyOf = ({ product, location }: VersionItem) => `${product}\0${location}`;
const texts = ({ before, after }: Sum): Sums => ({ before: scaledText(before), after: scaledText(after) });
const round = (percent: number) => Math.round(percent * 100) / 100;
/** To a hundredth of a percent. */
const percentOf = (part: bigint, whole: bigint) => Number((part * 10_000n) / whole) / 100;
