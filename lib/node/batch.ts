import { z } from 'zod';
import { type Lease, Parts } from '../canonical/envelope.ts';
import type { FlowRecord } from '../canonical/marks.ts';
import type { FlowMessage } from './types.ts';

const Records = z.array(z.record(z.string(), z.unknown()));

/** A message's records: its payload, or its payload as the only one. Throws where the payload is neither. */
export function recordsOf(message: FlowMessage): FlowRecord[] {
  const { payload } = message;
  const parsed = Records.safeParse(Array.isArray(payload) ? payload : [payload]);
  if (parsed.success) return (Array.isArray(payload) ? payload : [payload]) as FlowRecord[];
  throw Object.assign(new Error('The message carries no records: msg.payload is a list of objects, or one object.'), {
    code: 'payload',
  });
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
  const run = message.sync?.run;
  return { run, sequence: run ?? (parts.success ? parts.data.id : undefined), index, last, lease: message.sync?.lease };
}
