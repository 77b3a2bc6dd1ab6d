import { z } from 'zod';
import { textField } from '../../lib/node/settings.ts';

export const ACTIONS = ['list', 'show', 'preview', 'baseline', 'lineage', 'approve', 'refuse', 'release', 'roll-back'] as const;
export type Action = (typeof ACTIONS)[number];

/** Acts that a person answers for. */
export const DECISIONS: ReadonlySet<Action> = new Set(['approve', 'refuse', 'release', 'roll-back']);

export const Settings = z.object({
  store: textField(),
  /** What is done, unless the message says it. */
  action: z.enum(ACTIONS).default('list'),
  interface: textField('forecast-import'),
});
