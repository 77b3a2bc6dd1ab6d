import { ambiguousProduct } from './ambiguous-product.ts';
import { archivedProduct } from './archived-product.ts';
import { deviationExceeded } from './deviation-exceeded.ts';
import { duplicateLine } from './duplicate-line.ts';
import { insideLeadTime } from './inside-lead-time.ts';
import { malformed } from './malformed.ts';
import { negativeQuantity } from './negative-quantity.ts';
import { noSupplySource } from './no-supply-source.ts';
import { outsideHorizon } from './outside-horizon.ts';
import type { Rule } from './rule.ts';
import { unitMismatch } from './unit-mismatch.ts';
import { unknownLocation } from './unknown-location.ts';
import { unknownProduct } from './unknown-product.ts';
import { unknownUnit } from './unknown-unit.ts';

/** The rules in their order. The first that finds something decides what becomes of the line; a warning lets it go on. */
export const RULES: readonly Rule[] = [
  malformed,
  negativeQuantity,
  unknownProduct,
  ambiguousProduct,
  archivedProduct,
  unknownLocation,
  unknownUnit,
  unitMismatch,
  noSupplySource,
  outsideHorizon,
  insideLeadTime,
  deviationExceeded,
  duplicateLine,
];
