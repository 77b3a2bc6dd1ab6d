import { z } from 'zod';
import { Quantity, Reference, Text } from './fields.ts';

/** A product that is planned. */
export const Product = z.object({
  product: Reference,
  name: Text,
  barcode: Reference.optional(),
  /** Name of the unit that its stock is counted in. */
  uom: Reference,
  category: Text.optional(),
  active: z.boolean().default(true),
  /** How it is supplied, where that is known. */
  supply: z.enum(['manufacture', 'buy', 'none']).optional(),
  /** Days from order to stock. */
  leadTimeDays: z.number().min(0).optional(),
  cost: Quantity.optional(),
});
export type Product = z.infer<typeof Product>;
