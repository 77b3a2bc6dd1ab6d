import { z } from 'zod';
import { textField } from '../../lib/node/settings.ts';

export const ACTIONS = ['list', 'groups', 'replay', 'discard', 'replay-run'] as const;

export const MAPPINGS = ['original', 'today'] as const;

export const Settings = z.object({
  store: textField(),
  /** What is done, unless the message says it. */
  action: z.enum(ACTIONS).default('list'),
  /** What a replayed letter is mapped with: as it was, or the run that it came from anew. */
  mapping: z.enum(MAPPINGS).default('original'),
});
export type Settings = z.infer<typeof Settings>;
