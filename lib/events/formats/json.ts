import { createHash } from 'node:crypto';
import type { Packet } from '../packet.ts';
import { objectOf } from './json-text.ts';

/**
 * A plain JSON object as an event. What it does not say comes from the topic, `enterprise/site/area/line/…/what`: the
 * source is its first four levels, the type its last. Without an `id` the content itself is the id, so that the same
 * message sent twice is one event.
 */
export function readJson({ topic, payload }: Packet): object {
  const { id, source, type, subject, time, timestamp, data, ...rest } = objectOf(payload);
  const levels = topic.split('/');
  const content = createHash('sha256').update(topic).update('\n').update(payload).digest('hex');
  return {
    specversion: '1.0',
    id: typeof id === 'number' ? String(id) : (id ?? content),
    source: source ?? `/${levels.slice(0, 4).join('/')}`,
    type: type ?? `planbridge.${levels.at(-1)}`,
    subject,
    time: time ?? timestamp,
    data: data ?? rest,
  };
}
