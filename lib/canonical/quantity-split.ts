import { Decimal } from 'decimal.js';
import { CanonicalError } from './errors.ts';
import { Exact, exact, quantityText } from './quantity.ts';

const DEFAULT_DECIMALS = 10;

/**
 * Splits a quantity by weights so that the parts add up to the quantity again, to the last digit.
 *
 * Each part is the difference between two rounded running totals, so a remainder such as that of 10 / 3 is spread over the
 * parts instead of lost, and a part never differs from its share by more than one unit in the last decimal.
 *
 * @param weights one a part, zero or more, not all zero
 * @param decimals decimals that a part may have (10); never fewer than the quantity itself has
 * @throws CanonicalError `quantity` for no weights, a negative weight, or weights that are all zero
 * @example splitQuantity('10', [1, 1, 1], 2) // ['3.33', '3.34', '3.33']
 */
export function splitQuantity(quantity: string, weights: readonly (number | string)[], decimals = DEFAULT_DECIMALS): string[] {
  const shares = weights.map((weight) => exact(weight));
  const whole = shares.reduce((sum, share) => sum.plus(share), new Exact(0));
  if (shares.some((share) => share.isNegative() && !share.isZero()) || !whole.greaterThan(0))
    throw new CanonicalError('quantity', 'A quantity is split by weights of zero or more, of which one at least is above zero.');
  const total = exact(quantity);
  const places = Math.max(decimals, total.decimalPlaces());
  const parts: string[] = [];
  let weightSoFar = new Exact(0);
  let given = new Exact(0);
  for (const share of shares) {
    weightSoFar = weightSoFar.plus(share);
    const due = total.times(weightSoFar).dividedBy(whole).toDecimalPlaces(places, Decimal.ROUND_HALF_UP);
    parts.push(quantityText(due.minus(given)));
    given = due;
  }
  return parts;
}

/** Splits a quantity evenly over `parts`, such as the days of a week; the parts add up to the quantity again. */
export function splitEvenly(quantity: string, parts: number, decimals = DEFAULT_DECIMALS): string[] {
  return splitQuantity(quantity, new Array<number>(parts).fill(1), decimals);
}
