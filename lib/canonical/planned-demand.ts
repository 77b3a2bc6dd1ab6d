import { z } from 'zod';
import { DateText, Quantity, Reference } from './fields.ts';
import { PlannedMarks } from './planned-marks.ts';

/** The demand of a period in a master production schedule. */
export const PlannedDemand = z.object({
  product: Reference,
  /** Code of the warehouse. */
  location: Reference,
  /** The product's schedule at the place, as the receiving system numbers it. */
  schedule: Reference,
  /** The day that stands for the period in the schedule, such as its last. */
  date: DateText,
  /** In the product's own unit. */
  quantity: Quantity,
  ...PlannedMarks,
});
export type PlannedDemand = z.infer<typeof PlannedDemand>;
