import { z } from 'zod';
import { OPERATIONS } from '../../lib/delivery/write-job.ts';
import { listField, numberField, objectField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  server: textField(),
  store: textField(),
  /** Batches are kept in the store and tried again until Odoo takes them; else they are written at once, or fail. */
  durable: z.boolean().default(true),
  operation: z.enum(OPERATIONS).default('upsert'),
  model: textField(),
  keys: listField,
  fillEmpty: listField,
  method: textField(),
  args: objectField,
  /** A method called on the records that changed. */
  followUp: textField(),
  /** A domain that tells on which records the method or follow-up was done. */
  doneWhen: z.preprocess(
    (value) => value || undefined,
    z.union([z.string(), z.array(z.unknown()).transform((domain) => JSON.stringify(domain))]).optional(),
  ),
  dryRun: z.boolean().default(false),
  batchSize: numberField(1000),
  maxAttempts: numberField(12),
  context: objectField,
});
export type Settings = z.infer<typeof Settings>;
