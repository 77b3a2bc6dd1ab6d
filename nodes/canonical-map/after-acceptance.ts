import { SOURCE, type SourceMark } from '../../lib/canonical/marks.ts';
import type { Refusal } from '../../lib/exceptions/refusal.ts';

/**
 * A refusal of a record whose lines have been accepted before: they are not held or rejected any more, they could not be
 * delivered. The record stands for all of its lines, with their quantity.
 */
export function asDelivery(refusal: Refusal): Refusal {
  const source = refusal.record[SOURCE] as SourceMark | undefined;
  return { ...refusal, stage: 'delivery', disposition: 'dead', ...(source ? { quantity: source.quantity } : {}) };
}
