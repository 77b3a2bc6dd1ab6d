import { Decimal } from 'decimal.js';

const Exact = Decimal.clone({ precision: 60, toExpNeg: -40, toExpPos: 60 });

/** The exact sum of decimals as text. */
export function sum(values: Iterable<string>): string {
  let total = new Exact(0);
  for (const value of values) total = total.plus(value);
  return total.toFixed();
}
