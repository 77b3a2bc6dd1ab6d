import type { Rule } from './rule.ts';

/** The line's unit exists but does not convert to the product's own: kilograms of a product counted in units. */
export const unitMismatch: Rule = {
  reason: 'UNIT_MISMATCH',
  check: ({ line, standing }) => {
    if (standing.unit?.is !== 'mismatch' || standing.product.is !== 'one') return undefined;
    const own = standing.product.unit?.name ?? 'its own unit';
    return {
      field: 'uom',
      value: line.unit,
      message: `"${line.unit}" does not convert to ${own}, in which Odoo counts the product "${line.product}".`,
    };
  },
};
