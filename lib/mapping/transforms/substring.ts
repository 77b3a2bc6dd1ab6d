import { z } from 'zod';
import { textOf, transform } from './transform.ts';

/** Takes part of a text by position, from 1: a field of a fixed-width line. Without `length` to the end. */
export const substring = transform({
  options: z.strictObject({ start: z.number().int().min(1), length: z.number().int().min(1).optional() }),
  compile:
    ({ start, length }) =>
    (value) =>
      textOf(value).slice(start - 1, length === undefined ? undefined : start - 1 + length),
  inverse: () => 'a part does not tell the whole',
});
