import { placeOf } from './batch.ts';
import { MessageError } from './errors.ts';
import type { FlowMessage } from './types.ts';

/** Runs that broke off leave something behind until they come again; of these the oldest go. */
const MOST_KEPT = 100;

/**
 * What a node keeps while a run, or a sequence of another node's, passes through it, made anew when it begins (again). A
 * run that comes again under a new lease begins anew; the last part takes what was kept away.
 *
 * Throws MessageError `sequence` for a part of a run whose first part did not come by: the node was started in between,
 * and what it would say of the rest would be wrong.
 */
export function runContext<Kept>(open: (message: FlowMessage) => Kept): (message: FlowMessage) => Kept {
  const kept = new Map<string, { token: number; value: Kept }>();
  return (message) => {
    const { sequence, index, last, lease } = placeOf(message);
    if (!sequence) return open(message);
    const token = lease?.token ?? 0;
    let entry = kept.get(sequence);
    if (!entry || entry.token !== token || index === 0) {
      if (lease && index > 0)
        throw new MessageError(
          'sequence',
          `Part ${index + 1} of run ${sequence} came without the parts before it, perhaps because a new flow was deployed. The run is sent again from its first part.`,
        );
      entry = { token, value: open(message) };
    }
    kept.delete(sequence);
    if (!last) kept.set(sequence, entry);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return entry.value;
  };
}
