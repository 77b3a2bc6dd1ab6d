import { z } from 'zod';
import { textOf, transform } from './transform.ts';

/** Replaces every occurrence of a text by another. Plain text, no patterns: a pattern could stall on hostile input. */
export const replace = transform({
  options: z.strictObject({ find: z.string().min(1, 'is empty'), with: z.string().default('') }),
  compile:
    ({ find, with: by }) =>
    (value) =>
      textOf(value).replaceAll(find, () => by),
  inverse: () => 'what was replaced cannot be told from what was there',
});
