import { KEY_IN_WORDS } from './product-key.ts';
import type { Rule } from './rule.ts';

/** Several active products go by what the line names: `default_code` is not unique in Odoo. Archived ones do not count. */
export const ambiguousProduct: Rule = {
  reason: 'AMBIGUOUS_PRODUCT',
  check: ({ line, standing, master }) => {
    if (standing.product.is !== 'ambiguous') return undefined;
    const key = KEY_IN_WORDS[master.productKey];
    return {
      field: 'product',
      value: line.product,
      message: `${standing.product.count} active products in Odoo share the ${key} "${line.product}".`,
    };
  },
};
