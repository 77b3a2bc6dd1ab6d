import type { VersionItem } from '../../canonical/version-item.ts';
import { dayNumber } from '../days.ts';
import { knownDays } from './horizon.ts';

/**
 * What is gone of what was wanted before: its periods that the later items have not, each with a quantity of nothing and
 * no line behind it. A period that is over before `today` (`YYYY-MM-DD`) is past, not gone.
 * @param after what is wanted now of the same products and places, as far as anything is
 */
export function goneItems(before: readonly VersionItem[], after: readonly VersionItem[], today: string): VersionItem[] {
  const day = dayNumber(today);
  const daysOf = knownDays();
  const now = new Map(after.map((item) => [keyOf(item), item]));
  return before.flatMap((item) => {
    const later = now.get(keyOf(item));
    const wanted = new Set(later?.periods.map(({ period }) => period));
    const periods = item.periods
      .filter(({ period }) => !wanted.has(period) && daysOf(period).end > day)
      .map(({ period }) => ({ period, quantity: '0', lines: [] }));
    // The unit is the one that the product is counted in now.
    return periods.length > 0 ? [{ ...(later ?? item), lines: 0, sent: '0', periods }] : [];
  });
}

function keyOf({ product, location }: VersionItem): string {
  return `${product}\u0000${location}`;
}
