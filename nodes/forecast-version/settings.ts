import { z } from 'zod';
import { textField } from '../../lib/node/settings.ts';

export const ACTIONS = ['list', 'show', 'preview', 'baseline', 'lineage', 'approve', 'refuse', 'release', 'roll-back'] as const;
export type Action = (typeof ACTIONS)[number];

export const Settings = z.object({
  store: textField(),
  /** What is done, unless the message says it. */
  action: z.enum(ACTIONS).default('list'),
  interface: textField('forecast-import'),
});
