import { z } from 'zod';
import { MessageError } from '../../lib/node/errors.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { ACTIONS, type Action } from './settings.ts';

const Text = z.string().trim().min(1).max(300).optional();

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
  comment: z.string().trim().max(2_000).default(''),
  limit: z.coerce.number().int().min(1).max(500).optional(),
});
export type Asked = z.infer<typeof Asked>;

const WITH_COMMENT: ReadonlySet<Action> = new Set(['refuse', 'roll-back']);

/**
 * What a message asks for, or the HTTP request that it came with: its address, its query and its body. A message of a
 * version's (a notice) may carry `action` and `comment` besides. Throws MessageError.
 */
export function askedBy(message: FlowMessage, action: Action): Asked {
  const { params = {}, query = {} } = (message.req ?? {}) as { params?: object; query?: object };
  const from = message.req ? { ...query, ...bodyOf(message.payload), ...params } : message;
  const { data, error } = Asked.safeParse({ ...pick(from), action: (!message.req && message.action) || action });
  if (!data) {
    const [issue] = error.issues;
    throw new MessageError('payload', `${issue?.path.join('.')} is not right: ${issue?.message}.`);
  }
  if (WITH_COMMENT.has(data.action) && !data.comment)
    throw new MessageError('payload', `To ${data.action.replace('-', ' ')} needs a comment that says why.`);
  if (data.action === 'lineage' && !data.product && !(data.model && data.record))
    throw new MessageError('payload', 'Say which product, or which model and record of Odoo’s.');
  if (!['list', 'baseline', 'lineage'].includes(data.action) && !data.version && !data.run)
    throw new MessageError('payload', 'Say which version, or which run.');
  return data;
}

/** Only what is known: the rest of a message is other nodes'. */
function pick(from: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key in Asked.shape));
}

function bodyOf(payload: unknown): object {
  if (payload === undefined || payload === '' || payload === null) return {};
  if (typeof payload !== 'object' || Array.isArray(payload))
    throw new MessageError('payload', 'The body is a JSON object, such as {"comment": "agreed with sales"}.');
  return payload;
}
