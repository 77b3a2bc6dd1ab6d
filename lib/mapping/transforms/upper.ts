import { z } from 'zod';
import { textOf, transform } from './transform.ts';

/** Capital letters, the same in every language. The inverse leaves the text as it is. */
export const upper = transform({
  options: z.strictObject({}),
  compile: () => (value) => textOf(value).toUpperCase(),
  inverse: () => [],
});
