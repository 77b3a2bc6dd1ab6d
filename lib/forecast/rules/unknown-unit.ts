import type { Rule } from './rule.ts';

/** No unit of measure has the line's name, or several of that name convert differently. */
export const unknownUnit: Rule = {
  reason: 'UNKNOWN_UNIT',
  check: ({ line, standing }) => {
    const found = standing.unit;
    if (found?.is !== 'unknown' && found?.is !== 'several') return undefined;
    const message =
      found.is === 'unknown'
        ? `No unit of measure in Odoo is called "${line.unit}".`
        : `${found.count} units of measure in Odoo are called "${line.unit}" and convert differently.`;
    return { field: 'uom', value: line.unit, message };
  },
};
