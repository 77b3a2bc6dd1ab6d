import { z } from 'zod';
import { Reference } from './fields.ts';

/** A unit of measure. Units convert into each other when they have the same reference unit. */
export const Unit = z.object({
  unit: Reference,
  /** The unit that `factor` counts in; the unit itself for a reference unit. */
  reference: Reference,
  /** How many reference units one of it is: 12 for a dozen; a fraction such as `1/12` keeps a third exact. */
  factor: z.union([
    z.number().positive(),
    z.string().regex(/^\d+(\.\d+)?(\s*\/\s*\d+(\.\d+)?)?$/, 'is not a factor such as 12 or 1/12'),
  ]),
  /** Smallest step of a quantity in this unit. */
  rounding: z.number().positive().optional(),
});
export type Unit = z.infer<typeof Unit>;
