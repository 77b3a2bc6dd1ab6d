import { z } from 'zod';

/** Which of the records that an upsert finds it may change, by the state that they are in. */
export const Guard = z.strictObject({
  /** The field that holds the state. */
  field: z.string().min(1),
  /** States in which a record may be changed; in another one it is refused, unless nothing of it would change. */
  open: z.array(z.string()).min(1),
  /** States in which a record counts as if it were not there, such as a cancelled order. */
  gone: z.array(z.string()).default([]),
  /** Fields that are not changed before a version of Odoo, as what depends on them would not follow. */
  fixedBefore: z.strictObject({ version: z.number().int(), fields: z.array(z.string()) }).optional(),
});
export type Guard = z.infer<typeof Guard>;
