import { z } from 'zod';
import { textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  source: z.enum(['preset', 'inline', 'msg']).default('preset'),
  preset: textField(),
  /** The mapping itself, as JSON text. */
  mapping: z.string().default(''),
  direction: z.enum(['forward', 'inverse']).default('forward'),
  /** Needed by mappings that look values up in Odoo. */
  server: textField(),
  /** Blank = the server's zone, else UTC. */
  timezone: textField(),
});
export type Settings = z.infer<typeof Settings>;
