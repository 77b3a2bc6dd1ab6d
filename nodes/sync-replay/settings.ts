import { z } from 'zod';
import { textField } from '../../lib/node/settings.ts';

export const ACTIONS = ['list', 'groups', 'replay', 'discard', 'replay-run'] as const;

export const Settings = z.object({
  store: textField(),
  /** What is done, unless the message says it. */
  action: z.enum(ACTIONS).default('list'),
});
