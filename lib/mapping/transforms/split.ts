import { z } from 'zod';
import { textOf, transform } from './transform.ts';

/** Cuts a text at a separator and takes one part, counted from 1; from the end when negative. */
export const split = transform({
  options: z.strictObject({
    by: z.string().min(1, 'is empty'),
    take: z
      .number()
      .int()
      .refine((part) => part !== 0, 'counts from 1, or from -1 at the end'),
  }),
  compile:
    ({ by, take }) =>
    (value) =>
      textOf(value)
        .split(by)
        .at(take > 0 ? take - 1 : take),
  inverse: () => 'a part does not tell the whole',
});
