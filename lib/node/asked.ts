import { z } from 'zod';
import { MessageError } from './errors.ts';
import type { FlowMessage } from './types.ts';

/** A name or an id, as an address or a message gives it. */
export const AskedText = z.string().trim().min(1).max(300).optional();
export const AskedComment = z.string().trim().max(2_000).default('');
export const AskedLimit = z.coerce.number().int().min(1).max(500).optional();

/**
 * What a message asks for: its own properties (with those of `own` before them), or those of the HTTP request that it came
 * with: its address, its query and its JSON body, such as `example`. Only a message may say which `action`; of a request
 * the node knows. Throws MessageError.
 */
export function askedOf<Schema extends z.ZodObject>(
  schema: Schema,
  message: FlowMessage,
  { action, example, own = {} }: { readonly action: string; readonly example: string; readonly own?: object },
): z.infer<Schema> {
  const { params = {}, query = {} } = (message.req ?? {}) as { params?: object; query?: object };
  const from = message.req ? { ...query, ...bodyOf(message.payload, example), ...params } : { ...message, ...own };
  // Only what is known: the rest of a message is other nodes'.
  const known = Object.fromEntries(Object.entries(from).filter(([key]) => key in schema.shape));
  return parseAsked(schema, { ...known, action: (!message.req && message.action) || action });
}

/** Parsed; what is not right is said, never left out: a filter that is left out would mean all. Throws MessageError. */
export function parseAsked<Schema extends z.ZodType>(schema: Schema, value: unknown, whose = ''): z.infer<Schema> {
  const { data, error } = schema.safeParse(value);
  if (!error) return data;
  const [issue] = error.issues;
  throw new MessageError('payload', `${whose}${issue?.path.join('.')} is not right: ${issue?.message}.`);
}

/** A request's JSON body; one without content has no fields. Throws MessageError. */
export function bodyOf(payload: unknown, example: string): Record<string, unknown> {
  if (payload === undefined || payload === '' || payload === null) return {};
  if (typeof payload !== 'object' || Array.isArray(payload))
    throw new MessageError('payload', `The body is a JSON object, such as ${example}.`);
  return payload as Record<string, unknown>;
}
