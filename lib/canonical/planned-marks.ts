import { z } from 'zod';
import { Reference } from './fields.ts';
import { LINE, PLANNED, SOURCE } from './marks.ts';

/** The marks of a record that a target made of forecast lines: what it was made of, and what it plans. */
export const PlannedMarks = {
  /** The forecast lines behind it. */
  [SOURCE]: z.object({ lines: z.number().int(), quantity: z.string() }).optional(),
  [PLANNED]: z.object({ product: Reference, location: Reference }).optional(),
  [LINE]: z.number().int().optional(),
};
