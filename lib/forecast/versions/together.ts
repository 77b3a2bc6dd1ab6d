import type { VersionItem } from '../../canonical/version-item.ts';
import { Pace } from '../../mapping/pace.ts';
import { ForecastError } from '../errors.ts';
import { scaled, scaledText } from '../scaled.ts';

/**
 * What a version and one that stands beside it want together, such as a promotion and the baseline: each product and place
 * of either, with the quantities added by period. The lines behind it are the version's own; what only the other one wants
 * comes last, and no line stands behind it.
 * @throws ForecastError `changed` where the two count a product in different units
 */
export async function together(own: readonly VersionItem[], beside: readonly VersionItem[]): Promise<VersionItem[]> {
  const pace = new Pace();
  const others = new Map<string, VersionItem>();
  for (const item of beside) {
    others.set(keyOf(item), item);
    if (pace.due()) await pace.rest();
  }
  const both: VersionItem[] = [];
  for (const item of own) {
    const other = others.get(keyOf(item));
    others.delete(keyOf(item));
    both.push(other ? added(item, other) : item);
    if (pace.due()) await pace.rest();
  }
  for (const other of others.values()) {
    both.push(added({ ...other, lines: 0, sent: '0', periods: [] }, other));
    if (pace.due()) await pace.rest();
  }
  return both;
}

function added(item: VersionItem, other: VersionItem): VersionItem {
  if (item.uom !== other.uom)
    throw new ForecastError(
      'changed',
      `"${item.product}" is counted in ${item.uom} by one released version and in ${other.uom} by another. Send the older forecast again.`,
    );
  const left = new Map(other.periods.map(({ period, quantity }) => [period, quantity]));
  const periods = item.periods.map(({ period, quantity, lines }) => {
    const more = left.get(period);
    left.delete(period);
    return { period, quantity: more === undefined ? quantity : scaledText(scaled(quantity) + scaled(more)), lines };
  });
  return { ...item, periods: [...periods, ...[...left].map(([period, quantity]) => ({ period, quantity, lines: [] }))] };
}

function keyOf({ product, location }: VersionItem): string {
  return `${product}\u0000${location}`;
}
