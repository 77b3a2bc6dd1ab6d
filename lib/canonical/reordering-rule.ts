import { z } from 'zod';
import { Reference } from './fields.ts';
import { PlannedMarks } from './planned-marks.ts';

/** Order up to `maximum` when what is at hand and on order falls below `minimum`; both in the product's own unit. */
export const ReorderingRule = z.object({
  product: Reference,
  /** Code of the warehouse. */
  location: Reference,
  minimum: z.number({ error: 'is not a number' }).min(0, 'is negative'),
  maximum: z.number({ error: 'is not a number' }).min(0, 'is negative'),
  supply: z.enum(['manufacture', 'buy']).optional(),
  ...PlannedMarks,
});
export type ReorderingRule = z.infer<typeof ReorderingRule>;
