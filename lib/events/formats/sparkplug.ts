import { createRequire } from 'node:module';
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

/** Reads Sparkplug B; births teach it the aliases of the metrics that data then names. */
export type SparkplugReader = (packet: Packet) => object;

/**
 * A reader with the aliases of the births it has seen. Data by an alias that no birth named is unreadable, and says so:
 * what it means cannot be told. The id of an event is its topic, time and sequence number.
 */
export function sparkplugReader(): SparkplugReader {
  /** Names by alias, for each node and device. */
  const births = new Map<string, Map<string, string>>();
  return ({ topic, payload: bytes }) => {
    const [, group, of, kind, node, device] = TOPIC.exec(topic) ?? [];
    if (!kind || kind === 'CMD') throw new UnreadableEvent(`${topic} is no Sparkplug B topic that brings events.`, 'topic');
    const place = [group, node, ...(device ? [device] : [])].join('/');
    if (kind === 'BIRTH' || kind === 'DEATH') {
      births.delete(place);
      if (of === 'N') for (const known of births.keys()) if (known.startsWith(`${place}/`)) births.delete(known);
    }
    const payload = decode(bytes);
    const metrics = kind === 'DEATH' ? [] : (payload.metrics ?? []);
    if (kind === 'BIRTH') births.set(place, aliasesOf(metrics));
    const named = metrics.map((metric) => [nameOf(metric, births.get(place), place), plain(metric.value)] as const);
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
  };
}

function decode(bytes: Buffer): Payload {
  try {
    return sparkplug.decodePayload(bytes);
  } catch (error) {
    throw new UnreadableEvent(`The payload is not Sparkplug B: ${(error as Error).message}.`);
  }
}

function aliasesOf(metrics: readonly Metric[]): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const { name, alias } of metrics)
    if (name && alias !== null && alias !== undefined) aliases.set(String(plain(alias)), name);
  return aliases;
}

function nameOf({ name, alias }: Metric, aliases: ReadonlyMap<string, string> | undefined, place: string): string {
  const found = name || aliases?.get(String(plain(alias)));
  if (!found)
    throw new UnreadableEvent(
      `No birth of ${place} has told which metric alias ${String(plain(alias))} is. Have it send its birth again.`,
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
