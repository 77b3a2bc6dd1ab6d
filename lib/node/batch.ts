import { type Lease, Parts } from '../canonical/envelope.ts';
import type { FlowRecord } from '../canonical/marks.ts';
import { MessageError } from './errors.ts';
import { leaseOf } from './run-lease.ts';
import type { FlowMessage } from './types.ts';

/** A message's records: its payload, or its payload as the only one. Throws MessageError `payload` where it is neither. */
export function recordsOf(message: FlowMessage): FlowRecord[] {
  const records: unknown[] = Array.isArray(message.payload) ? message.payload : [message.payload];
  if (records.every(isRecord)) return records;
  throw new MessageError('payload', 'The message carries no records: msg.payload is a list of objects, or one object.');
}

function isRecord(value: unknown): value is FlowRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

/** Where a message stands in its run: without a sequence it is the first and last. */
export function placeOf(message: FlowMessage): {
  readonly run: string | undefined;
  /** Id of the sequence that it is a part of: the run's, or the one that another node gave it. */
  readonly sequence: string | undefined;
  readonly index: number;
  readonly last: boolean;
  readonly lease: Lease | undefined;
} {
  const parts = Parts.safeParse(message.parts);
  const index = parts.success ? parts.data.index : 0;
  const last = !parts.success || parts.data.count === index + 1;
  const run = typeof message.sync?.run === 'string' ? message.sync.run : undefined;
  return { run, sequence: run ?? (parts.success ? parts.data.id : undefined), index, last, lease: leaseOf(message) };
}
