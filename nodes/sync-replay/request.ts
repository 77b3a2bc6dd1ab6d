import { z } from 'zod';
import { MessageError } from '../../lib/node/errors.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import type { DeadLetterFilter } from '../../lib/store/dead-letters.ts';
import { ACTIONS } from './settings.ts';

const Text = z.string().min(1).max(300).optional();
const Request = z.object({
  params: z.object({ id: Text, run: Text }).catch({}),
  query: z
    .object({ run: Text, queue: Text, fingerprint: Text, limit: z.coerce.number().int().min(1).max(1000).optional() })
    .catch({}),
});

/** What a message, or the HTTP request that it came with, asks for. */
export type Asked = {
  readonly action: (typeof ACTIONS)[number];
  readonly filter: DeadLetterFilter;
  /** Whether the filter names one letter. */
  readonly one: boolean;
  /** The run that is to be replayed. */
  readonly run: string;
  readonly limit: number | undefined;
  readonly record: object | undefined;
  readonly comment: string;
  readonly who: string;
};

/** Reads `msg.action`, `msg.filter`, `msg.run`, `msg.record`, `msg.comment`, `msg.who`, or an HTTP request's parts, which `user` sent. Throws MessageError. */
export function askedBy(message: FlowMessage, action: Asked['action'], node: string, user: string | undefined): Asked {
  const request = message.req ? Request.parse(message.req) : undefined;
  const { limit, ...query } = request?.query ?? {};
  const id = request?.params.id;
  const given = z
    .object({
      action: z.enum(ACTIONS).default(action),
      filter: z
        .object({ ids: z.array(z.string()).max(10_000).optional(), run: Text, queue: Text, fingerprint: Text })
        .default({}),
      run: Text,
      limit: z.number().int().min(1).max(1000).optional(),
      comment: z.string().max(2_000).optional(),
      who: z.string().max(200).optional(),
      record: z.record(z.string(), z.unknown()).optional(),
    })
    .safeParse({ ...message, action: message.action ?? action });
  if (!given.success) {
    const [issue] = given.error.issues;
    throw new MessageError('payload', `msg.${issue?.path.join('.')} is not right: ${issue?.message}.`);
  }
  const body = request ? bodyOf(message.payload) : undefined;
  const asked = given.data.action;
  const filter = { ...given.data.filter, ...query, ...(id ? { ids: [id] } : {}) };
  const record = given.data.record ?? (asked === 'replay' && body && Object.keys(body).length > 0 ? body : undefined);
  const comment = given.data.comment ?? (typeof body?.comment === 'string' ? body.comment : '');
  const run = request?.params.run ?? given.data.run ?? '';
  if (asked === 'replay-run' && !run) throw new MessageError('payload', 'Say which run: msg.run, or :run in the address.');
  const one = filter.ids?.length === 1;
  if (record && !one) throw new MessageError('payload', 'An edited record takes the place of one letter: name its id.');
  if (asked === 'discard' && !comment.trim())
    throw new MessageError('payload', 'Discarding needs a comment that says why: what is discarded is never done.');
  // Over HTTP the request says who it is, never what it brings.
  const who = user ?? given.data.who ?? `node:${node}`;
  return { action: asked, filter, one, run, limit: given.data.limit ?? limit, record, comment, who };
}

function bodyOf(payload: unknown): Record<string, unknown> | undefined {
  if (payload === undefined || payload === '' || payload === null) return undefined;
  if (typeof payload !== 'object' || Array.isArray(payload))
    throw new MessageError('payload', 'The body is a JSON object: the edited record, or a comment.');
  return payload as Record<string, unknown>;
}
