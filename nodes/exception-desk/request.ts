import { z } from 'zod';
import { OWNERS } from '../../lib/exceptions/catalogue.ts';
import { AskedComment, AskedLimit, askedOf, AskedText as Text } from '../../lib/node/asked.ts';
import { MessageError } from '../../lib/node/errors.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { ACTIONS, type Action } from './settings.ts';

const A_YEAR = 366 * 86_400_000;

/** A time to come, within a year: ms since 1970, or ISO 8601. */
const Until = z
  .preprocess(
    (value) => (typeof value === 'string' ? Date.parse(value) : value),
    z.number({ error: 'no time, such as 2026-12-24T12:00:00Z' }),
  )
  .refine((until) => until > Date.now() && until < Date.now() + A_YEAR, 'a time within the next year')
  .optional();

const Asked = z.object({
  action: z.enum(ACTIONS),
  id: Text,
  owner: z.enum(OWNERS).optional(),
  state: z.enum(['open', 'acknowledged', 'waiting', 'resolved', 'expired']).optional(),
  reason: Text,
  run: Text,
  after: Text,
  until: Until,
  comment: AskedComment,
  limit: AskedLimit,
});
export type Asked = z.infer<typeof Asked>;

const OF_ONE: ReadonlySet<Action> = new Set(['show', 'acknowledge', 'wait', 'resolve', 'reassign', 'redrive']);
const WITH_COMMENT: ReadonlySet<Action> = new Set(['wait', 'resolve', 'reassign']);

/**
 * What a message asks for, or the HTTP request that it came with: its address, its query and its body. A notice of an
 * exception may carry `action` and `comment` besides. Throws MessageError.
 */
export function askedBy(message: FlowMessage, action: Action): Asked {
  const own = { id: message.exception };
  const data = askedOf(Asked, message, { action, own, example: '{"comment": "the supplier is chosen"}' });
  const acting = data.action;
  if (OF_ONE.has(acting) && !data.id)
    throw new MessageError('payload', 'Say which exception: msg.exception, or :id in the address.');
  if (WITH_COMMENT.has(acting) && !data.comment) throw new MessageError('payload', `To ${acting} needs a comment that says why.`);
  if (acting === 'reassign' && !data.owner) throw new MessageError('payload', `Say whose it is: ${OWNERS.join(', ')}.`);
  if (acting === 'wait' && !data.until)
    throw new MessageError('payload', 'Say until when it waits, such as 2026-12-24T12:00:00Z.');
  return data;
}
