import { KEY_IN_WORDS } from './product-key.ts';
import type { Rule } from './rule.ts';

/** No product of Odoo's goes by what the line names. */
export const unknownProduct: Rule = {
  reason: 'UNKNOWN_PRODUCT',
  check: ({ line, standing, master }) => {
    if (standing.product.is !== 'unknown') return undefined;
    return {
      field: 'product',
      value: line.product,
      message: `No product in Odoo has the ${KEY_IN_WORDS[master.productKey]} "${line.product}".`,
    };
  },
};
