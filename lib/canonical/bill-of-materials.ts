import { z } from 'zod';
import { Quantity, Reference } from './fields.ts';

/** What a product is made of. */
export const BillOfMaterials = z.object({
  product: Reference,
  reference: Reference.optional(),
  /** How much of the product the components below make. */
  quantity: Quantity,
  uom: Reference.optional(),
  /** A kit is shipped as its components and never made. */
  kit: z.boolean().default(false),
  leadTimeDays: z.number().min(0).optional(),
  active: z.boolean().default(true),
  components: z.array(z.object({ product: Reference, quantity: Quantity, uom: Reference.optional() })),
});
export type BillOfMaterials = z.infer<typeof BillOfMaterials>;
