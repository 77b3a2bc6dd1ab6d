import { z } from 'zod';
import { Quantity, Reference } from './fields.ts';

/** A line behind a period: its number in the sender's file, its quantity, and whom it is for. */
export const VersionLine = z.tuple([z.number().int(), Quantity, z.string().optional(), z.string().optional()]);
export type VersionLine = z.infer<typeof VersionLine>;

/**
 * What a forecast version wants of one product at one place. Quantities are in the product's own unit, but `sent`, which is
 * the sum of what the senders gave whatever the unit: by it the run's totals are counted.
 */
export const VersionItem = z.object({
  product: Reference,
  /** Code of the warehouse. */
  location: Reference,
  /** The product's category in Odoo; blank where it is not known. */
  group: z.string(),
  /** Name of the product's own unit. */
  uom: z.string(),
  /** How many lines it was summed from. */
  lines: z.number().int(),
  sent: Quantity,
  /** Each period once, in order. */
  periods: z.array(z.object({ period: z.string(), quantity: Quantity, lines: z.array(VersionLine) })),
});
export type VersionItem = z.infer<typeof VersionItem>;
