import { Decimal } from 'decimal.js';
import { CanonicalError } from './errors.ts';

/**
 * Quantities are exact decimals. Between nodes they travel as text (`'1200'`, `'0.5'`), because a JavaScript number cannot
 * hold every decimal and control totals must agree to the last digit.
 *
 * A quantity has at most 20 digits before and 20 after the decimal point; with 100 digits of working precision, sums of
 * millions of them and products of two are exact.
 */
export const Exact = Decimal.clone({ precision: 100, toExpNeg: -9e15, toExpPos: 9e15, rounding: Decimal.ROUND_HALF_UP });
export type Exact = Decimal;

const INTEGER_DIGITS = 20;
const DECIMALS = 20;
const PLAIN = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{0,14}[1-9])?$/;
const NUMERAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,6})?$/;
const LONGEST_NUMERAL = 100;

/** What stands where a quantity cannot be read: the reason, in words. */
export type QuantityFault = { readonly fault: string };

/**
 * Reads a quantity without throwing.
 * @param value a number, or text in plain or scientific notation with a decimal point
 * @returns the shortest plain decimal as text (`'1e3'` → `'1000'`, `'2.50'` → `'2.5'`), or why it is none
 */
export function readQuantity(value: unknown): string | QuantityFault {
  if (typeof value === 'string') {
    if (PLAIN.test(value) && value !== '-0') return value;
    const text = value.length > LONGEST_NUMERAL ? value : value.trim();
    if (text.length > LONGEST_NUMERAL || !NUMERAL.test(text)) return { fault: 'is not a number' };
    if (!Number.isFinite(Number(text))) return { fault: 'is not a finite number' };
    return bounded(new Exact(text));
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return { fault: 'is not a finite number' };
    return bounded(new Exact(value));
  }
  if (typeof value === 'bigint') return bounded(new Exact(value.toString().slice(0, LONGEST_NUMERAL)));
  if (Decimal.isDecimal(value)) return value.isFinite() ? bounded(new Exact(value)) : { fault: 'is not a finite number' };
  return { fault: 'is not a number' };
}

function bounded(value: Decimal): string | QuantityFault {
  if (value.isZero()) return '0';
  if (value.e >= INTEGER_DIGITS) return { fault: `has more than ${INTEGER_DIGITS} digits before the decimal point` };
  if (value.decimalPlaces() > DECIMALS) return { fault: `has more than ${DECIMALS} decimals` };
  return value.toFixed();
}

/**
 * Reads a quantity.
 * @returns the shortest plain decimal as text
 * @throws CanonicalError `quantity` for text that is no number, 1e400, NaN, or too many digits
 * @example parseQuantity('1e3') // '1000'
 */
export function parseQuantity(value: unknown): string {
  const read = readQuantity(value);
  if (typeof read === 'string') return read;
  throw new CanonicalError('quantity', `"${String(value).slice(0, 60)}" ${read.fault}.`);
}

/** The quantity as an exact decimal to calculate with. */
export function exact(quantity: string | number | Decimal): Decimal {
  return new Exact(quantity);
}

/** An exact decimal as quantity text. */
export function quantityText(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed();
}

/** The exact sum of two quantities. */
export function addQuantities(one: string, other: string): string {
  return quantityText(exact(one).plus(other));
}

/** The exact sum of any number of quantities; `'0'` for none. */
export function sumQuantities(quantities: Iterable<string>): string {
  let sum = new Exact(0);
  for (const quantity of quantities) sum = sum.plus(quantity);
  return quantityText(sum);
}

/** Negative, zero or positive as `one` is less than, equal to or more than `other`. */
export function compareQuantities(one: string, other: string): number {
  return exact(one).comparedTo(other);
}

/**
 * Rounds up to a whole number of steps, such as a unit's rounding of 0.01 or 1.
 * @throws CanonicalError `quantity` for a step that is not above zero
 */
export function roundUp(quantity: string | number | Decimal, step: string | number | Decimal): string {
  const size = exact(step);
  if (!size.greaterThan(0)) throw new CanonicalError('quantity', `A rounding of ${size.toFixed()} is not above zero.`);
  return quantityText(exact(quantity).dividedBy(size).ceil().times(size));
}
