import { placeOf } from './batch.ts';
import type { FlowMessage } from './types.ts';

/**
 * What a node keeps while a run passes through it, made anew when the run begins (again). A run that comes again under
 * a new lease begins anew; the last part takes what was kept away.
 */
export function runContext<Kept>(open: (message: FlowMessage) => Kept): (message: FlowMessage) => Kept {
  const kept = new Map<string, { token: number; value: Kept }>();
  return (message) => {
    const { run, index, last, lease } = placeOf(message);
    if (!run) return open(message);
    const token = lease?.token ?? 0;
    let entry = kept.get(run);
    if (!entry || entry.token !== token || index === 0) entry = { token, value: open(message) };
    if (last) kept.delete(run);
    else kept.set(run, entry);
    return entry.value;
  };
}
