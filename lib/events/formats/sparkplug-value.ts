import { UnreadableEvent } from '../packet.ts';
import { listOf } from './sparkplug-arrays.ts';
import { plainNumber } from './sparkplug-number.ts';
import { datatypeName, type Message } from './sparkplug-payload.ts';

/** A template in a template, a property set in a property set, … */
const MOST_DEEP = 10;
const SIGNED: readonly (string | undefined)[] = ['Int8', 'Int16', 'Int32', 'Int64'];

/** Where a value stands: the metric of the payload that it is of, and how deep in it. */
type Place = { readonly metric: string; readonly depth: number };
type Reader = (value: unknown, datatype: string | undefined, place: Place) => unknown;

/** What is read of each field that can hold a value. */
const READERS: Readonly<Record<string, Reader>> = {
  intValue: (value, datatype, place) => integerOf(value, 32, datatype, place),
  longValue: (value, datatype, place) => integerOf(value, 64, datatype, place),
  floatValue: (value) => value,
  doubleValue: (value) => value,
  booleanValue: (value) => value,
  stringValue: (value) => value,
  bytesValue: (value, datatype, { metric }) => {
    const bytes = value as Uint8Array;
    return listOf(known(datatype, metric), bytes, metric) ?? Buffer.from(bytes).toString('base64');
  },
  datasetValue: (value, _, place) => dataSetOf(value as Message, place),
  templateValue: (value, _, place) => templateOf(value as Message, deeper(place)),
  propertysetValue: (value, _, place) => propertySetOf(value as Message, deeper(place)),
  propertysetsValue: (value, _, place) => {
    const inner = deeper(place);
    return messagesOf((value as Message).propertyset).map((set) => propertySetOf(set, inner));
  },
  extensionValue: (_, __, { metric }) => {
    throw new UnreadableEvent(`The value of ${metric} is an extension of its maker's, which cannot be read.`, metric);
  },
};

/**
 * The value that a metric holds, as JSON can: 64-bit integers that no number holds as text, bytes in base64, templates and
 * data sets as objects. `datatype` is its code in Sparkplug B. Throws UnreadableEvent where it nests over 10 deep, and where
 * only the datatype would tell what it means and there is none.
 */
export function metricValue(message: Message, datatype: unknown, metric: string): unknown {
  return read(message, datatypeName(datatype), { metric, depth: 0 });
}

function read(message: Message, datatype: string | undefined, place: Place): unknown {
  if (message.isNull === true) return null;
  const field = Object.keys(message).findLast((name) => Object.hasOwn(READERS, name));
  return field ? READERS[field]?.(message[field], datatype, place) : null;
}

function deeper({ metric, depth }: Place): Place {
  if (depth >= MOST_DEEP) throw new UnreadableEvent(`The value of ${metric} is nested over ${MOST_DEEP} deep.`, metric);
  return { metric, depth: depth + 1 };
}

function known(datatype: string | undefined, metric: string): string {
  if (datatype) return datatype;
  const todo = 'Have its edge node send its birth again, with datatypes.';
  throw new UnreadableEvent(
    `The value of ${metric} comes without a datatype that is known, and no birth has told it. ${todo}`,
    metric,
  );
}

/** Protobuf holds it unsigned; whether it is, only the datatype says. */
function integerOf(value: unknown, bits: number, datatype: string | undefined, { metric }: Place): number | string {
  const integer = BigInt(String(value));
  return plainNumber(SIGNED.includes(known(datatype, metric)) ? BigInt.asIntN(bits, integer) : integer);
}

function dataSetOf({ numOfColumns, columns, types, rows }: Message, place: Place) {
  const names = (types as readonly number[]).map(datatypeName);
  return {
    ...plainOf({ numOfColumns, columns }),
    types: names,
    rows: messagesOf(rows).map(({ elements }) => messagesOf(elements).map((element, at) => read(element, names[at], place))),
  };
}

function templateOf({ metrics, parameters, ...said }: Message, place: Place) {
  return {
    ...plainOf(said),
    metrics: messagesOf(metrics).map((metric) => memberOf(metric, metric.datatype, place)),
    parameters: messagesOf(parameters).map((parameter) => memberOf(parameter, parameter.type, place)),
  };
}

/** A metric or parameter of a template: what it says of itself, and its value. */
function memberOf(message: Message, type: unknown, place: Place) {
  const { datatype: _, metadata, properties, ...said } = message;
  const datatype = datatypeName(type);
  return {
    ...plainOf(Object.fromEntries(Object.entries(said).filter(([name]) => !Object.hasOwn(READERS, name)))),
    ...(metadata ? { metadata: plainOf(metadata as Message) } : {}),
    ...(properties ? { properties: propertySetOf(properties as Message, deeper(place)) } : {}),
    ...(datatype ? { type: datatype } : {}),
    value: read(message, datatype, place),
  };
}

function propertySetOf({ keys, values }: Message, place: Place) {
  const sent = messagesOf(values);
  const properties = (keys as readonly string[]).map((key, at) => {
    const property = sent[at] ?? {};
    const type = datatypeName(property.type);
    return [key, { ...(type ? { type } : {}), value: read(property, type, place) }] as const;
  });
  return Object.fromEntries(properties);
}

function messagesOf(value: unknown): readonly Message[] {
  return value as readonly Message[];
}

/** Fields that are no values, with 64-bit integers as numbers. */
function plainOf(fields: Message): Record<string, unknown> {
  const sent = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(sent.map(([name, value]) => [name, isLong(value) ? plainNumber(BigInt(String(value))) : value]));
}

function isLong(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'low' in value && 'high' in value;
}
