import { z } from 'zod';
import { AskedComment, AskedLimit, askedOf, AskedText as Text } from '../../lib/node/asked.ts';
import { MessageError } from '../../lib/node/errors.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { ACTIONS, type Action } from './settings.ts';

const Asked = z.object({
  action: z.enum(ACTIONS),
  version: Text,
  run: Text,
  interface: Text,
  state: Text,
  product: Text,
  location: Text,
  model: Text,
  record: z.coerce.number().int().positive().optional(),
  refusedGroups: z.array(z.string().max(300)).max(1_000).default([]),
  comment: AskedComment,
  limit: AskedLimit,
});
export type Asked = z.infer<typeof Asked>;

const WITH_COMMENT: ReadonlySet<Action> = new Set(['refuse', 'roll-back']);

/**
 * What a message asks for, or the HTTP request that it came with: its address, its query and its body. A message of a
 * version's (a notice) may carry `action` and `comment` besides. Throws MessageError.
 */
export function askedBy(message: FlowMessage, action: Action): Asked {
  const data = askedOf(Asked, message, { action, example: '{"comment": "agreed with sales"}' });
  if (WITH_COMMENT.has(data.action) && !data.comment)
    throw new MessageError('payload', `To ${data.action.replace('-', ' ')} needs a comment that says why.`);
  if (data.action === 'lineage' && !data.product && !(data.model && data.record))
    throw new MessageError('payload', 'Say which product, or which model and record of Odoo’s.');
  if (!['list', 'baseline', 'lineage'].includes(data.action) && !data.version && !data.run)
    throw new MessageError('payload', 'Say which version, or which run.');
  return data;
}
