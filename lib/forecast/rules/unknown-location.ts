import type { Rule } from './rule.ts';

/** No warehouse has the line's code, or warehouses of several companies share it. */
export const unknownLocation: Rule = {
  reason: 'UNKNOWN_LOCATION',
  check: ({ line, standing }) => {
    const found = standing.warehouse;
    if (found.is === 'one') return undefined;
    const message =
      found.is === 'unknown'
        ? `No warehouse in Odoo has the code "${line.location}".`
        : `${found.count} warehouses of different companies in Odoo share the code "${line.location}".`;
    return { field: 'location', value: line.location, message };
  },
};
