import { createHash } from 'node:crypto';
import { PlantEvent } from '../canonical/event.ts';
import { type Refusal, shortRecord } from '../exceptions/refusal.ts';
import type { Births } from '../store/births.ts';
import { StoreError } from '../store/errors.ts';
import { isCloudEvent, readCloudEvent } from './formats/cloud-event.ts';
import { readJson } from './formats/json.ts';
import { isSparkplug, readSparkplug } from './formats/sparkplug.ts';
import { type Packet, UnreadableEvent } from './packet.ts';

export const FORMATS = ['auto', 'json', 'cloudevents', 'sparkplug'] as const;
export type Format = (typeof FORMATS)[number];

/** What came of a message: an event, or why it is none. */
export type Reading = { readonly event: PlantEvent } | { readonly refusal: Refusal };

export type ReadingOptions = {
  /** `auto` finds it by topic and properties. */
  readonly format: Format;
  readonly mostBytes: number;
  /** Whose births of Sparkplug B are kept, and where. */
  readonly queue: string;
  readonly births: Births;
};

/** Reads a message as an event; whatever it holds, there is an answer. Throws StoreError. */
export async function readEvent(packet: Packet, options: ReadingOptions): Promise<Reading> {
  try {
    const parsed = PlantEvent.safeParse(withoutBlanks(await readRaw(packet, options)));
    if (parsed.success) return { event: parsed.data };
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    return { refusal: refusalOf(packet, `The event's ${field || 'content'} is not right: ${issue?.message}.`, field) };
  } catch (error) {
    // Anything else is of the message: it would only fail again, and hold up all that come after it.
    if (error instanceof StoreError) throw error;
    const { message, field } = error as UnreadableEvent;
    return { refusal: refusalOf(packet, message, field) };
  }
}

function readRaw(packet: Packet, { format, mostBytes, queue, births }: ReadingOptions): object | Promise<object> {
  if (packet.payload.length > mostBytes)
    throw new UnreadableEvent(`The payload has ${packet.payload.length} bytes; the most is ${mostBytes}.`);
  if (format === 'sparkplug' || (format === 'auto' && isSparkplug(packet.topic))) return readSparkplug(packet, births, queue);
  if (format === 'cloudevents' || (format === 'auto' && isCloudEvent(packet))) return readCloudEvent(packet);
  return readJson(packet);
}

/** The key of a message that is no event: the same bytes on the same topic are one exception. */
export function packetKey({ topic, payload }: Packet): string {
  return createHash('sha256').update(topic).update('\n').update(payload).digest('hex');
}

/** An attribute that is null counts as left out. */
function withoutBlanks(raw: object): object {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null && value !== undefined));
}

/** A message that is no event, as an exception: with its topic and the beginning of what it holds. */
export function refusalOf({ topic, payload }: Packet, message: string, field?: string): Refusal {
  const text = payload.subarray(0, 800).toString('utf8').replaceAll('\0', '\ufffd');
  return {
    reason: 'MALFORMED',
    stage: 'mapping',
    message,
    record: shortRecord({ topic, payload: text }),
    source: topic,
    ...(field ? { field } : {}),
  };
}
