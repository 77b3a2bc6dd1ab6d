import { z } from 'zod';
import { OWNERS } from '../../lib/exceptions/catalogue.ts';
import { MessageError } from '../../lib/node/errors.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { ACTIONS, type Action } from './settings.ts';

const Text = z.string().trim().min(1).max(300).optional();
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
  comment: z.string().trim().max(2_000).default(''),
  limit: z.coerce.number().int().min(1).max(500).optional(),
});
export type Asked = z.infer<typeof Asked>;

const OF_ONE: ReadonlySet<Action> = new Set(['show', 'acknowledge', 'wait', 'resolve', 'reassign', 'redrive']);
const WITH_COMMENT: ReadonlySet<Action> = new Set(['wait', 'resolve', 'reassign']);

/**
 * What a message asks for, or the HTTP request that it came with: its address, its query and its body. A notice of an
 * exception may carry `action` and `comment` besides. Throws MessageError.
 */
export function askedBy(message: FlowMessage, action: Action): Asked {
  const { params = {}, query = {} } = (message.req ?? {}) as { params?: object; query?: object };
  const from = message.req ? { ...query, ...bodyOf(message.payload), ...params } : { ...message, id: message.exception };
  const { data, error } = Asked.safeParse({ ...pick(from), action: (!message.req && message.action) || action });
  if (!data) {
    const [issue] = error.issues;
    throw new MessageError('payload', `${issue?.path.join('.')} is not right: ${issue?.message}.`);
  }
  const acting = data.action;
  if (OF_ONE.has(acting) && !data.id)
    throw new MessageError('payload', 'Say which exception: msg.exception, or :id in the address.');
  if (WITH_COMMENT.has(acting) && !data.comment) throw new MessageError('payload', `To ${acting} needs a comment that says why.`);
  if (acting === 'reassign' && !data.owner) throw new MessageError('payload', `Say whose it is: ${OWNERS.join(', ')}.`);
  if (acting === 'wait' && !data.until)
    throw new MessageError('payload', 'Say until when it waits, such as 2026-12-24T12:00:00Z.');
  return data;
}

/** Only what is known: the rest of a message is other nodes'. */
function pick(from: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key in Asked.shape));
}

function bodyOf(payload: unknown): object {
  if (payload === undefined || payload === '' || payload === null) return {};
  if (typeof payload !== 'object' || Array.isArray(payload))
    throw new MessageError('payload', 'The body is a JSON object, such as {"comment": "the supplier is chosen"}.');
  return payload;
}
