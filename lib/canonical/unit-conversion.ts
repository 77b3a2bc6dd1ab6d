import type { Decimal } from 'decimal.js';
import { CanonicalError } from './errors.ts';
import { exact, quantityText } from './quantity.ts';

/** How many reference units one of a unit is: 12 for a dozen. Text may be a fraction, such as `'1/12'`. */
export type Factor = string | number;

const FRACTION = /^\s*(\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)\s*$/;

/** A factor as numerator and denominator, so that a third stays a third. */
export function factorParts(factor: Factor): readonly [Decimal, Decimal] {
  const fraction = typeof factor === 'string' ? FRACTION.exec(factor) : null;
  const parts = fraction ? ([exact(fraction[1]!), exact(fraction[2]!)] as const) : ([exact(factor), exact(1)] as const);
  if (!parts[0].greaterThan(0) || !parts[1].greaterThan(0))
    throw new CanonicalError('unit', `A unit's factor is above zero; "${factor}" is not.`);
  return parts;
}

/**
 * Converts a quantity between two units of one kind, by their factors to the same reference unit. Exact wherever the result
 * has an end; a result that has none (a unit as dozens) keeps 20 decimals.
 * @throws CanonicalError `unit` for a factor that is not above zero
 * @example convertQuantity('2', 12, 1) // two dozen are '24' units
 */
export function convertQuantity(quantity: string | number, from: Factor, to: Factor): string {
  const [fromUp, fromDown] = factorParts(from);
  const [toUp, toDown] = factorParts(to);
  const converted = exact(quantity).times(fromUp).times(toDown).dividedBy(fromDown.times(toUp));
  return quantityText(converted.toDecimalPlaces(20));
}
