import { z } from 'zod';
import { DateText, Quantity, Reference } from './fields.ts';
import { PlannedMarks } from './planned-marks.ts';

/** How much of a product is estimated to be wanted at a place from one day to another, both of them included. */
export const DemandEstimate = z.object({
  product: Reference,
  /** Code of the warehouse. */
  location: Reference,
  from: DateText,
  to: DateText,
  /** In the product's own unit. */
  quantity: Quantity,
  ...PlannedMarks,
});
export type DemandEstimate = z.infer<typeof DemandEstimate>;
