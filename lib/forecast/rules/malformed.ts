import type { Rule } from './rule.ts';

/** A line that cannot be understood: a column is empty, a period is no period, a quantity is no number. */
export const malformed: Rule = {
  reason: 'MALFORMED',
  check: ({ line }) => line.fault,
};
