import { z } from 'zod';
import { Fault } from '../fault.ts';
import { textOf, transform } from './transform.ts';

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Looks the value up in a table of the mapping's own. A value that is not in it is refused, kept, or replaced. */
export const table = transform({
  options: z.strictObject({
    // Pairs and not an object once parsed: a key may be called __proto__.
    values: z.preprocess(
      (values) => (typeof values === 'object' && values !== null && !Array.isArray(values) ? Object.entries(values) : values),
      z.array(z.tuple([z.string(), Scalar]), { error: 'is an object of old and new values' }).min(1, 'is empty'),
    ),
    otherwise: z.union([z.enum(['refuse', 'keep']), z.strictObject({ value: Scalar })]).default('refuse'),
  }),
  compile: ({ values, otherwise }) => {
    const known = new Map(values);
    return (value) => {
      const found = known.get(textOf(value));
      if (found !== undefined) return found;
      if (otherwise === 'keep') return value;
      return otherwise === 'refuse' ? new Fault("is not in the mapping's table", 'UNMAPPED') : otherwise.value;
    };
  },
  inverse: ({ values, otherwise }) => {
    if (typeof otherwise === 'object') return 'every value that is not in the table becomes the same';
    if (new Set(values.map(([, value]) => String(value))).size < values.length) return 'two values of the table become the same';
    if (otherwise === 'keep' && values.some(([, value]) => !values.some(([key]) => key === String(value))))
      return 'with "otherwise": "keep" a new value may have been there before';
    return [{ table: { values: values.map(([key, value]) => [String(value), key]), otherwise } }];
  },
});
