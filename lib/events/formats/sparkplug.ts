import { createRequire } from 'node:module';
import type { Births } from '../../store/births.ts';
import { type Packet, UnreadableEvent } from '../packet.ts';

type Metric = { name?: string | null; alias?: unknown; value?: unknown; timestamp?: unknown };
type Payload = { timestamp?: unknown; seq?: unknown; metrics?: Metric[] | null };
// The package is CommonJS, and its types name what its code does not export by name.
const { get } = createRequire(import.meta.url)('sparkplug-payload') as {
  get(namespace: string): { decodePayload(bytes: Uint8Array): Payload };
};
const sparkplug = get('spBv1.0');

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
  const payload = decode(bytes);
  const metrics = kind === 'DEATH' ? [] : (payload.metrics ?? []);
  const born = { queue, edge, device };
  let aliases: ReadonlyMap<string, string>;
  if (kind === 'DATA') {
    aliases = await births.names(born, metrics.filter(({ name }) => !name).map(aliasOf));
  } else {
    aliases = toldBy(metrics);
    await births.replace(born, aliases);
  }
  const named = metrics.map((metric) => [nameOf(metric, aliases, place), plain(metric.value)] as const);
  const [time, seq] = [Number(plain(payload.timestamp)), plain(payload.seq)];
  const data = Object.fromEntries(named);
  const type = data['planbridge/type'];
  return {
    specversion: '1.0',
    id: `${topic}#${Number.isFinite(time) ? time : ''}#${seq ?? ''}`,
    source: `/${place}`,
    type: typeof type === 'string' ? type : `sparkplug.${of?.toLowerCase()}${kind.toLowerCase()}`,
    ...(Number.isFinite(time) && time > 0 ? { time: new Date(time).toISOString() } : {}),
    data,
  };
}

function decode(bytes: Buffer): Payload {
  try {
    return sparkplug.decodePayload(bytes);
  } catch (error) {
    throw new UnreadableEvent(`The payload is not Sparkplug B: ${(error as Error).message}.`);
  }
}

/** The names by alias that a birth tells. */
function toldBy(metrics: readonly Metric[]): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const metric of metrics) {
    const { name, alias } = metric;
    if (name?.includes('\0')) throw new UnreadableEvent('The name of a metric holds a NUL character.', 'name');
    if (name && alias !== null && alias !== undefined) aliases.set(aliasOf(metric), name);
  }
  return aliases;
}

function aliasOf({ alias }: Metric): string {
  return String(plain(alias));
}

function nameOf(metric: Metric, aliases: ReadonlyMap<string, string>, place: string): string {
  const found = metric.name || aliases.get(aliasOf(metric));
  if (!found)
    throw new UnreadableEvent(
      `No birth of ${place} has told which metric alias ${aliasOf(metric)} is. Have it send its birth again.`,
      'alias',
    );
  return found;
}

/** A 64-bit number as a number where one holds it, else as text; bytes and templates as text. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if ('toNumber' in value && typeof value.toNumber === 'function') {
    const number = value.toNumber() as number;
    return Number.isSafeInteger(number) ? number : String(value);
  }
  return JSON.parse(JSON.stringify(value)) as unknown;
}
