import { exact, quantityText } from '../canonical/quantity.ts';

/**
 * Quantities as whole numbers of 10⁻²⁰, the finest that a canonical quantity can be: sums of a hundred thousand lines are
 * exact and take milliseconds.
 */
export const PLACES = 20;
export const ONE = 10n ** BigInt(PLACES);

/** A canonical quantity (plain decimal text) in units of 10⁻²⁰. */
export function scaled(quantity: string): bigint {
  const point = quantity.indexOf('.');
  if (point < 0) return BigInt(quantity) * ONE;
  const places = quantity.slice(point + 1, point + 1 + PLACES);
  return BigInt(quantity.slice(0, point) + places.padEnd(PLACES, '0'));
}

/** Units of 10⁻²⁰ as a canonical quantity. */
export function scaledText(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(PLACES + 1, '0');
  const places = digits.slice(-PLACES).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${places ? `.${places}` : ''}`;
}

/** A float of Odoo's as decimal text, without the digits that are only the float's own (28.316799999999997 is 28.3168). */
export function odooDecimal(float: number): string {
  return quantityText(exact(float.toPrecision(12)));
}
