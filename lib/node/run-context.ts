import { placeOf } from './batch.ts';
import type { FlowMessage } from './types.ts';

/**
 * What a node keeps while a run, or a sequence of another node's, passes through it, made anew when it begins (again). A
 * run that comes again under a new lease begins anew; the last part takes what was kept away.
 */
export function runContext<Kept>(open: (message: FlowMessage) => Kept): (message: FlowMessage) => Kept {
  const kept = new Map<string, { token: number; value: Kept }>();
  return (message) => {
    const { sequence, index, last, lease } = placeOf(message);
    if (!sequence) return open(message);
    const token = lease?.token ?? 0;
    let entry = kept.get(sequence);
    if (!entry || entry.token !== token || index === 0) entry = { token, value: open(message) };
    if (last) kept.delete(sequence);
    else kept.set(sequence, entry);
    return entry.value;
  };
}
