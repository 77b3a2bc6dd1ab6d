import { z } from 'zod';
import { PeriodText, Quantity, Reference, Text } from './fields.ts';

/** Something that planning must know of, and who acts on it (compare OAGIS PlanningScheduleException). */
export const PlanningException = z.object({
  /** Why, from the catalogue of reasons, such as `NO_SUPPLY_SOURCE`. */
  reason: Reference,
  message: Text,
  owner: Reference,
  action: Text,
  severity: z.enum(['low', 'medium', 'high']),
  product: Reference.optional(),
  location: Reference.optional(),
  period: PeriodText.optional(),
  quantity: Quantity.optional(),
  line: z.number().int().optional(),
  run: Reference.optional(),
  /** By when it should be mended: an instant, ISO 8601. */
  deadline: z.iso.datetime({ offset: true }).optional(),
});
export type PlanningException = z.infer<typeof PlanningException>;
