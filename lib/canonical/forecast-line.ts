import { z } from 'zod';
import { LineMark, PeriodText, Quantity, Reference } from './fields.ts';
import { LINE } from './marks.ts';

/**
 * One line of a forecast: how much of a product is wanted at a place in a period.
 * A negative quantity is a forecast line still; a rule refuses it, with a reason of its own.
 */
export const ForecastLine = z.object({
  /** The product's reference: internal reference, barcode or external id, as the receiving side is set up. */
  product: Reference,
  /** Code of the warehouse. */
  location: Reference,
  /** `2026-12-01`, `2026-W50` or `2026-12`. */
  period: PeriodText,
  /** A decimal as text, in `uom`. */
  quantity: Quantity,
  /** Name of the unit; the product's own unit when left out. */
  uom: Reference.optional(),
  customer: Reference.optional(),
  channel: Reference.optional(),
  /** Where the planner has it from: statistical, promotion, a planner's name. */
  source: Reference.optional(),
  [LINE]: LineMark,
});
export type ForecastLine = z.infer<typeof ForecastLine>;
