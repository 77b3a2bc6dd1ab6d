import { z } from 'zod';
import { listField, numberField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  store: textField(),
  /** Name of the interface, as runs and the audit carry it. */
  interface: textField('forecast-import'),
  /** Path of the node's own HTTP route; blank = none. */
  path: textField(),
  /** Columns without which a CSV is not taken. */
  columns: listField,
  maxMegabytes: numberField(64),
  /** A folder that is watched; blank = none. */
  folder: textField(),
  pollSeconds: numberField(5),
  maxAttempts: numberField(30),
  leaseSeconds: numberField(120),
});
export type Settings = z.infer<typeof Settings>;
