import { z } from 'zod';
import { shortKey } from './short-key.ts';

const Attribute = z.string().min(1).max(2_000);

/**
 * An event of the shop floor as the flow sees it: a CloudEvent (specversion 1.0). `type` says what happened, such as
 * `planbridge.stock-out`; `subject` what it happened to; `data` is the type's own.
 */
export const PlantEvent = z.object({
  specversion: z.literal('1.0'),
  /** With the source, the business key: the same event has the same id however often it is sent. */
  id: Attribute,
  /** Where it comes from, such as `/acme/WH/assembly/line-1`. */
  source: Attribute,
  type: Attribute,
  subject: Attribute.optional(),
  /** When it happened, by the sender's clock (RFC 3339); left out where the sender does not say. */
  time: z.iso.datetime({ offset: true }).optional(),
  data: z.record(z.string(), z.unknown()).default({}),
});
export type PlantEvent = z.infer<typeof PlantEvent>;

/** The key under which an event is done once. */
export function eventKey({ source, id }: Pick<PlantEvent, 'source' | 'id'>): string {
  return shortKey(JSON.stringify([source, id]));
}
