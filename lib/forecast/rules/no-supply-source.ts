import type { Supply } from '../supply.ts';
import type { Rule } from './rule.ts';

type Why = Extract<Supply, { kind: 'none' }>['why'];

const IN_WORDS: Record<Why, (product: string) => string> = {
  'no-source': (product) => `The product "${product}" has neither an active bill of materials nor an approved supplier.`,
  'supplier-out-of-date': (product) =>
    `The product "${product}" has no active bill of materials, and no line of its suppliers is in date.`,
  kit: (product) => `The product "${product}" is a kit, which Odoo does not replenish. Forecast its components instead.`,
};

/** Nothing makes the product and nobody sells it: an order could not be placed. */
export const noSupplySource: Rule = {
  reason: 'NO_SUPPLY_SOURCE',
  check: ({ line, standing }) => {
    if (standing.supply?.kind !== 'none') return undefined;
    return { field: 'product', value: line.product, message: IN_WORDS[standing.supply.why](line.product) };
  },
};
