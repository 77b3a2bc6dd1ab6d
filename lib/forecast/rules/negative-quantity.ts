import type { Rule } from './rule.ts';

/** Demand is never below zero. */
export const negativeQuantity: Rule = {
  reason: 'NEGATIVE_QUANTITY',
  check: ({ line }) => {
    if (!line.quantity?.startsWith('-') || Number(line.quantity) === 0) return undefined;
    return { field: 'quantity', value: line.record.quantity, message: `The quantity ${line.quantity} is below zero.` };
  },
};
