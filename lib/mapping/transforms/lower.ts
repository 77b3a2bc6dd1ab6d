import { z } from 'zod';
import { textOf, transform } from './transform.ts';

/** Small letters, the same in every language. The inverse leaves the text as it is. */
export const lower = transform({
  options: z.strictObject({}),
  compile: () => (value) => textOf(value).toLowerCase(),
  inverse: () => [],
});
