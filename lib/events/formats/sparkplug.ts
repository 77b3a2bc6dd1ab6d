import type { Births, BornMetric } from '../../store/births.ts';
import { type Packet, UnreadableEvent } from '../packet.ts';
import { datatypeName, decodePayload, type Message } from './sparkplug-payload.ts';
import { metricValue } from './sparkplug-value.ts';

const TOPIC = /^spBv1\.0\/([^/]+)\/(N|D)(BIRTH|DATA|DEATH|CMD)\/([^/]+)(?:\/([^/]+))?$/;
/** Births are found by these; what an index of PostgreSQL can hold is 2,704 bytes in all. */
const MOST_NAME_BYTES = 1_000;

/** The metric by which a death tells which birth it ends; its datatype is always this. */
const BD_SEQ = 'bdSeq';
const INT64 = 4;

/** Whether a topic is of Sparkplug B. */
export function isSparkplug(topic: string): boolean {
  return topic.startsWith('spBv1.0/');
}

/**
 * Reads Sparkplug B. Births tell the names and datatypes of the metrics that data then brings by alias, or without a datatype;
 * they are kept in the store for `queue`. Data by an alias that no birth named is unreadable, and says so: what it means cannot
 * be told. A name that comes several times has the list of its values. The id of an event is its topic, time and sequence
 * number; that of an edge node's birth or death also its session (`bdSeq`), for many deaths have neither of the two. Throws UnreadableEvent, and StoreError where the births cannot be kept or looked up.
 */
export async function readSparkplug({ topic, payload: bytes }: Packet, births: Births, queue: string): Promise<object> {
  const [, group, of, kind, node, device = ''] = TOPIC.exec(topic) ?? [];
  if (!kind || kind === 'CMD') throw new UnreadableEvent(`${topic} is no Sparkplug B topic that brings events.`, 'topic');
  const edge = `${group}/${node}`;
  const place = device ? `${edge}/${device}` : edge;
  checkName(place, 'topic');
  const payload = decodePayload(bytes);
  const metrics = payload.metrics ?? [];
  for (const { name } of metrics) checkName(name as string, 'name');
  const time = sent(payload, 'timestamp') ? timeOf(payload.timestamp) : null;
  const bdSeq = kind === 'DATA' ? null : bdSeqOf(metrics);
  const born = { queue, edge, device };
  const told = kind === 'BIRTH' ? [] : await births.told(born, wantedBy(metrics));
  if (kind === 'BIRTH') await births.born(born, { at: time, bdSeq }, toldBy(metrics));
  if (kind === 'DEATH') await births.died(born, { at: time, bdSeq });
  const data = dataOf(metrics, told, place);
  const type = data['planbridge/type'];
  return {
    specversion: '1.0',
    id: `${topic}#${time ?? ''}#${sent(payload, 'seq') ? payload.seq : ''}${bdSeq === null ? '' : `#${bdSeq}`}`,
    source: `/${place}`,
    type: typeof type === 'string' ? type : `sparkplug.${of?.toLowerCase()}${kind.toLowerCase()}`,
    ...(time ? { time: new Date(time).toISOString() } : {}),
    data,
  };
}

/** The metrics that a birth tells; where an alias stands for two, for the last one. */
function toldBy(metrics: readonly Message[]): BornMetric[] {
  const told = new Map<string, BornMetric>();
  for (const metric of metrics) {
    const name = metric.name as string;
    const alias = aliasOf(metric) ?? '';
    if (!name) continue;
    told.set(alias || `name:${name}`, {
      ...{ name, alias },
      datatype: datatypeName(metric.datatype) ? (metric.datatype as number) : null,
    });
  }
  return [...told.values()];
}

/** What births have to tell of the metrics of data. */
function wantedBy(metrics: readonly Message[]): { aliases: string[]; names: string[] } {
  const [aliases, names] = [new Set<string>(), new Set<string>()];
  for (const metric of metrics) {
    const alias = aliasOf(metric);
    if (!metric.name && alias) aliases.add(alias);
    if (metric.name && !metric.datatype) names.add(metric.name as string);
  }
  return { aliases: [...aliases], names: [...names] };
}

/** The values of metrics by their names; where a name comes several times, as a list in their order. */
function dataOf(metrics: readonly Message[], told: readonly BornMetric[], place: string): Record<string, unknown> {
  const byAlias = new Map(told.map((metric) => [metric.alias, metric]));
  const byName = new Map(told.map((metric) => [metric.name, metric]));
  const values = new Map<string, unknown[]>();
  for (const metric of metrics) {
    const alias = aliasOf(metric);
    const born = metric.name ? byName.get(metric.name as string) : alias ? byAlias.get(alias) : undefined;
    const name = (metric.name as string) || born?.name;
    if (!name) throw nameless(alias, place);
    const value = metricValue(metric, metric.datatype || born?.datatype || (name === BD_SEQ && INT64), name);
    const before = values.get(name);
    if (before) before.push(value);
    else values.set(name, [value]);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length > 1 ? all : all[0]]));
}

function nameless(alias: string | undefined, place: string): UnreadableEvent {
  return new UnreadableEvent(
    alias
      ? `No birth of ${place} has told which metric alias ${alias} is. Have it send its birth again.`
      : `A metric of ${place} has neither name nor alias.`,
    'alias',
  );
}

function aliasOf(metric: Message): string | undefined {
  return sent(metric, 'alias') ? String(metric.alias) : undefined;
}

/** The session that a birth begins and a death ends; null where it does not say. */
function bdSeqOf(metrics: readonly Message[]): string | null {
  const metric = metrics.find(({ name }) => name === BD_SEQ) ?? {};
  const field = ['longValue', 'intValue'].find((each) => sent(metric, each));
  return field ? String(metric[field]) : null;
}

/** Milliseconds since 1970; null where a date cannot hold them. */
function timeOf(timestamp: unknown): number | null {
  const time = Number(String(timestamp));
  return time > 0 && time <= 8.64e15 ? time : null;
}

function checkName(name: string, field: string): void {
  if (name.includes('\0')) throw new UnreadableEvent('The name of a metric holds a NUL character.', field);
  if (Buffer.byteLength(name) > MOST_NAME_BYTES)
    throw new UnreadableEvent(`The name ${name.slice(0, 60)}… has over ${MOST_NAME_BYTES} bytes.`, field);
}

/** Whether a field was sent: what was not reads as the format's default. */
function sent(message: object, field: string): boolean {
  return Object.hasOwn(message, field);
}
