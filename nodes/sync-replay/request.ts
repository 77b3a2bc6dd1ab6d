import { z } from 'zod';
import { bodyOf, parseAsked } from '../../lib/node/asked.ts';
import { MessageError } from '../../lib/node/errors.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import type { DeadLetterFilter } from '../../lib/store/dead-letters.ts';
import { ACTIONS, MAPPINGS, type Settings } from './settings.ts';

const Mapping = z.enum(MAPPINGS).optional();
const Text = z.string().min(1).max(300).optional();
const Request = z.object({
  params: z.object({ id: Text, run: Text }).default({}),
  query: z
    .object({
      run: Text,
      queue: Text,
      fingerprint: Text,
      limit: z.coerce.number().int().min(1).max(1000).optional(),
      mapping: Mapping,
    })
    .default({}),
});

const Given = z.object({
  action: z.enum(ACTIONS),
  filter: z.object({ ids: z.array(z.string()).max(10_000).optional(), run: Text, queue: Text, fingerprint: Text }).default({}),
  run: Text,
  /** What canonical-map took its mapping from may stand there still. */
  mapping: Mapping.catch(undefined),
  limit: z.number().int().min(1).max(1000).optional(),
  comment: z.string().max(2_000).optional(),
  record: z.record(z.string(), z.unknown()).optional(),
});

/** What a message, or the HTTP request that it came with, asks for. */
export type Asked = {
  readonly action: (typeof ACTIONS)[number];
  readonly filter: DeadLetterFilter;
  /** Whether the filter names one letter. */
  readonly one: boolean;
  /** The run that is to be replayed. */
  readonly run: string;
  /** What letters are replayed with. */
  readonly mapping: (typeof MAPPINGS)[number];
  readonly limit: number | undefined;
  readonly record: object | undefined;
  readonly comment: string;
  readonly who: string;
};

/**
 * Reads `msg.action`, `msg.filter`, `msg.run`, `msg.mapping`, `msg.record`, `msg.comment`, or an HTTP request's
 * parts, which `user` sent. Throws MessageError.
 */
export function askedBy(
  message: FlowMessage,
  { action, mapping: setMapping }: Pick<Settings, 'action' | 'mapping'>,
  node: string,
  user: string | undefined,
): Asked {
  const request = message.req ? parseAsked(Request, message.req, 'The request: ') : undefined;
  const { limit, mapping: queried, ...query } = request?.query ?? {};
  const id = request?.params.id;
  const given = parseAsked(Given, { ...message, action: message.action ?? action }, 'msg.');
  const body = request ? bodyOf(message.payload, 'the edited record, or a comment') : undefined;
  // A body with nothing but a mapping is no record.
  const inBody = body && Object.keys(body).length === 1 ? Mapping.safeParse(body.mapping).data : undefined;
  const mapping = given.mapping ?? queried ?? inBody ?? setMapping;
  const asked = given.action;
  const filter = { ...given.filter, ...query, ...(id ? { ids: [id] } : {}) };
  const edited = asked === 'replay' && !inBody && body && Object.keys(body).length > 0 ? body : undefined;
  const record = given.record ?? edited;
  const comment = given.comment ?? (typeof body?.comment === 'string' ? body.comment : '');
  const run = request?.params.run ?? given.run ?? '';
  if (asked === 'replay-run' && !run) throw new MessageError('payload', 'Say which run: msg.run, or :run in the address.');
  const one = filter.ids?.length === 1;
  if (record && !one) throw new MessageError('payload', 'An edited record takes the place of one letter: name its id.');
  if (record && mapping === 'today')
    throw new MessageError(
      'payload',
      'An edited record is done as it stands: it cannot be mapped anew. Leave the mapping or the record out.',
    );
  if (asked === 'discard' && !comment.trim())
    throw new MessageError('payload', 'Discarding needs a comment that says why: what is discarded is never done.');
  // Over HTTP the request says who it is, never what it brings.
  const who = user ?? `node:${node}`;
  return { action: asked, filter, one, run, mapping, limit: given.limit ?? limit, record, comment, who };
}
