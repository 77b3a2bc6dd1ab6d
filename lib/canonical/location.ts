import { z } from 'zod';
import { Reference, Text } from './fields.ts';

/** A place that stock is planned for. */
export const Location = z.object({
  /** Code of the warehouse. */
  location: Reference,
  name: Text.optional(),
  company: Text.optional(),
  active: z.boolean().default(true),
});
export type Location = z.infer<typeof Location>;
