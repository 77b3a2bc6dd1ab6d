import { z } from 'zod';
import { DateText, PeriodText, Quantity, Reference } from './fields.ts';
import { PlannedMarks } from './planned-marks.ts';

/** An order to make or to buy what a forecast wants of a product in a period; it stays a draft until a person confirms it. */
export const PlannedOrder = z.object({
  product: Reference,
  /** Code of the warehouse. */
  location: Reference,
  period: PeriodText,
  /** In the product's own unit. */
  quantity: Quantity,
  supply: z.enum(['manufacture', 'buy']),
  /** The day to begin, or to order: the period's first less the lead time. */
  start: DateText,
  /** The day on which it is wanted: the period's first. */
  due: DateText,
  /** The order's key, ours: the same for the same interface, product, place and period. */
  origin: Reference,
  /** Who delivers it, as the receiving system numbers them. */
  supplier: Reference.optional(),
  /** What it is made by, as the receiving system numbers it. */
  billOfMaterials: Reference.optional(),
  ...PlannedMarks,
});
export type PlannedOrder = z.infer<typeof PlannedOrder>;
