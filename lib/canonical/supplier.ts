import { z } from 'zod';
import { DateText, Quantity, Reference, Text } from './fields.ts';

/** A supplier's offer of a product; an offer that is in date is what approves the supplier. */
export const Supplier = z.object({
  supplier: Reference,
  name: Text.optional(),
  product: Reference,
  /** The supplier's own number for the product. */
  supplierProduct: Reference.optional(),
  leadTimeDays: z.number().min(0).optional(),
  minimumQuantity: Quantity.optional(),
  price: Quantity.optional(),
  currency: Reference.optional(),
  /** First and last day of the offer. */
  from: DateText.optional(),
  to: DateText.optional(),
});
export type Supplier = z.infer<typeof Supplier>;
