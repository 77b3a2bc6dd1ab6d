import type { Rule } from './rule.ts';

/** Only archived products go by what the line names. */
export const archivedProduct: Rule = {
  reason: 'ARCHIVED_PRODUCT',
  check: ({ line, standing }) => {
    if (standing.product.is !== 'archived') return undefined;
    return { field: 'product', value: line.product, message: `The product "${line.product}" is archived in Odoo.` };
  },
};
