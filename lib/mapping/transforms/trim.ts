import { z } from 'zod';
import { textOf, transform } from './transform.ts';

/** Removes white space at both ends, no-break spaces too. What it removed is not put back by the inverse. */
export const trim = transform({
  options: z.strictObject({}),
  compile: () => (value) => textOf(value).trim(),
  inverse: () => [],
});
