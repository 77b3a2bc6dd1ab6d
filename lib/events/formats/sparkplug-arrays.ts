import { UnreadableEvent } from '../packet.ts';
import { plainNumber } from './sparkplug-number.ts';

type Item = { readonly bytes: number; readonly of: (view: DataView, at: number) => number | bigint };

/** How each datatype that is a list of numbers packs them, little-endian (Sparkplug 3.0, 6.4.17). */
const NUMBERS: Readonly<Record<string, Item>> = {
  Int8Array: { bytes: 1, of: (view, at) => view.getInt8(at) },
  Int16Array: { bytes: 2, of: (view, at) => view.getInt16(at, true) },
  Int32Array: { bytes: 4, of: (view, at) => view.getInt32(at, true) },
  Int64Array: { bytes: 8, of: (view, at) => view.getBigInt64(at, true) },
  UInt8Array: { bytes: 1, of: (view, at) => view.getUint8(at) },
  UInt16Array: { bytes: 2, of: (view, at) => view.getUint16(at, true) },
  UInt32Array: { bytes: 4, of: (view, at) => view.getUint32(at, true) },
  UInt64Array: { bytes: 8, of: (view, at) => view.getBigUint64(at, true) },
  FloatArray: { bytes: 4, of: (view, at) => view.getFloat32(at, true) },
  DoubleArray: { bytes: 8, of: (view, at) => view.getFloat64(at, true) },
  DateTimeArray: { bytes: 8, of: (view, at) => view.getBigInt64(at, true) },
};

/** The values that bytes of a datatype hold; undefined where it is no list. Throws UnreadableEvent for bytes that are none. */
export function listOf(datatype: string, bytes: Uint8Array, metric: string): unknown[] | undefined {
  const refuse = () => new UnreadableEvent(`The value of ${metric} is no ${datatype}.`, metric);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = NUMBERS[datatype];
  if (numbers) {
    if (bytes.length % numbers.bytes > 0) throw refuse();
    return Array.from({ length: bytes.length / numbers.bytes }, (_, at) => plainNumber(numbers.of(view, at * numbers.bytes)));
  }
  if (datatype === 'BooleanArray') {
    const count = bytes.length < 4 ? undefined : view.getUint32(0, true);
    if (count === undefined || bytes.length !== 4 + Math.ceil(count / 8)) throw refuse();
    return Array.from({ length: count }, (_, at) => (view.getUint8(4 + (at >> 3)) & (128 >> (at & 7))) > 0);
  }
  if (datatype === 'StringArray') {
    const texts = Buffer.from(bytes).toString('utf8').split('\0');
    // Each one ends with a NUL, the last one as well.
    if (texts.pop() !== '') throw refuse();
    return texts;
  }
  return undefined;
}
