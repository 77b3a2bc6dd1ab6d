import type { Births } from '../../store/births.ts';
import { type Packet, UnreadableEvent } from '../packet.ts';
import { decodePayload, type Message } from './sparkplug-payload.ts';
import { metricValue } from './sparkplug-value.ts';

const TOPIC = /^spBv1\.0\/([^/]+)\/(N|D)(BIRTH|DATA|DEATH|CMD)\/([^/]+)(?:\/([^/]+))?$/;

/** Whether a topic is of Sparkplug B. */
export function isSparkplug(topic: string): boolean {
  return topic.startsWith('spBv1.0/');
}

/**
 * Reads Sparkplug B. Births tell the names of the metrics that data then brings by alias; they are kept in the store for
 * `queue`. Data by an alias that no birth named is unreadable, and says so: what it means cannot be told. The id of an event
 * is its topic, time and sequence number. Throws UnreadableEvent, and StoreError where the births cannot be kept or looked up.
 */
export async function readSparkplug({ topic, payload: bytes }: Packet, births: Births, queue: string): Promise<object> {
  const [, group, of, kind, node, device = ''] = TOPIC.exec(topic) ?? [];
  if (!kind || kind === 'CMD') throw new UnreadableEvent(`${topic} is no Sparkplug B topic that brings events.`, 'topic');
  const edge = `${group}/${node}`;
  const place = device ? `${edge}/${device}` : edge;
  const payload = decodePayload(bytes);
  const metrics = kind === 'DEATH' ? [] : (payload.metrics ?? []);
  const born = { queue, edge, device };
  let aliases: ReadonlyMap<string, string>;
  if (kind === 'DATA') {
    aliases = await births.names(born, metrics.filter(({ name }) => !name).map(aliasOf));
  } else {
    aliases = toldBy(metrics);
    await births.replace(born, aliases);
  }
  const named = metrics.map((metric) => {
    const name = nameOf(metric, aliases, place);
    return [name, metricValue(metric, metric.datatype, name)] as const;
  });
  const time = sent(payload, 'timestamp') ? Number(String(payload.timestamp)) : Number.NaN;
  const data = Object.fromEntries(named);
  const type = data['planbridge/type'];
  return {
    specversion: '1.0',
    id: `${topic}#${Number.isFinite(time) ? time : ''}#${sent(payload, 'seq') ? payload.seq : ''}`,
    source: `/${place}`,
    type: typeof type === 'string' ? type : `sparkplug.${of?.toLowerCase()}${kind.toLowerCase()}`,
    ...(Number.isFinite(time) && time > 0 ? { time: new Date(time).toISOString() } : {}),
    data,
  };
}

/** The names by alias that a birth tells. */
function toldBy(metrics: readonly Message[]): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const metric of metrics) {
    const name = metric.name as string;
    if (name.includes('\0')) throw new UnreadableEvent('The name of a metric holds a NUL character.', 'name');
    if (name && sent(metric, 'alias')) aliases.set(aliasOf(metric), name);
  }
  return aliases;
}

function aliasOf({ alias }: Message): string {
  return String(alias);
}

function nameOf(metric: Message, aliases: ReadonlyMap<string, string>, place: string): string {
  const found = (metric.name as string) || aliases.get(aliasOf(metric));
  if (!found)
    throw new UnreadableEvent(
      `No birth of ${place} has told which metric alias ${aliasOf(metric)} is. Have it send its birth again.`,
      'alias',
    );
  return found;
}

/** Whether a field was sent: what was not reads as the format's default. */
function sent(message: object, field: string): boolean {
  return Object.hasOwn(message, field);
}
