import { z } from 'zod';
import { FORMATS } from '../../lib/events/read-event.ts';
import { listField, numberField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  store: textField(),
  /** Name of the interface, as messages and the audit carry it. */
  interface: textField('shop-floor-events'),
  /** Address of the broker; blank = not connected. */
  url: textField(),
  version: z.enum(['auto', '5', '3.1.1']).default('auto'),
  /** Blank = one made of host, folder and node. */
  clientId: textField(),
  /** Id of a `tls-config` node. */
  tls: textField(),
  /** Each has a connection of its own. */
  topics: listField,
  /** Instances with the same group share the messages; blank = each gets all. */
  group: textField(),
  sessionHours: numberField(168),
  format: z.enum(FORMATS).default('auto'),
  maxKilobytes: numberField(1024),
  settledBy: z.enum(['takers', 'sync-settle']).default('takers'),
  mostInFlow: numberField(50),
  leaseSeconds: numberField(120),
  maxAttempts: numberField(5),
});
export type Settings = z.infer<typeof Settings>;
