import { Lease } from '../canonical/envelope.ts';
import { backoff } from '../delivery/backoff.ts';
import { verdict } from '../delivery/verdict.ts';
import { SettingsError } from './errors.ts';
import type { FlowMessage, SyncStoreNode } from './types.ts';

/** The lease that a message carries, where it is of a run. */
export function leaseOf(message: FlowMessage): Lease | undefined {
  const lease = Lease.safeParse(message.sync?.lease);
  return lease.success ? lease.data : undefined;
}

/** Throws SettingsError where a node would settle a run in another store than the one that holds it. */
export function needSameStore(lease: Lease | undefined, store: string): void {
  if (lease && lease.store !== store)
    throw new SettingsError(
      'The run that this message belongs to is in another store. Choose the store of its forecast-receive.',
    );
}

/**
 * What a message brought is taken over durably. Releases its run where it can be (its jobs handed over, its totals
 * balanced); the node that emitted it and the workers that write it hear of it at once. An event is settled by the node
 * that emitted it, once no node has it in hand any more: several may take it over. A message that a Catch node sent mends
 * what failed.
 * Throws StoreError `stale-lease` where the run went on without this message.
 */
export async function takenOver(node: SyncStoreNode, lease: Lease, message: FlowMessage): Promise<'released' | 'waiting'> {
  if (lease.settledBy) {
    if (lease.settledBy === 'takers') node.inFlow.taken(lease, message.error !== undefined);
    return 'released';
  }
  const outcome = await (await node.open()).runs.release(lease);
  if (outcome === 'released') {
    node.inFlow.settle(lease);
    node.inFlow.released();
  }
  return outcome;
}

/**
 * Gives a run back after a failure, to be emitted again later; sooner than a write that failed, for nothing of it has been
 * written yet. What is no fault of the run (Odoo away, wrong credentials) does not count as a try.
 */
export async function giveBack(node: SyncStoreNode, lease: Lease, error: Error): Promise<void> {
  const { countAttempt } = verdict(error, { attempt: 1, maxAttempts: Number.POSITIVE_INFINITY, claims: lease.token });
  await retry(node, lease, { error: error.message, delayMs: backoff(lease.token), countAttempt });
}

/** Gives a run back because its node stops: it comes again at once, from its first part. */
export function callOff(node: SyncStoreNode, lease: Lease): Promise<void> {
  return retry(node, lease, { delayMs: 0, countAttempt: false });
}

async function retry(
  node: SyncStoreNode,
  lease: Lease,
  how: { error?: string; delayMs: number; countAttempt: boolean },
): Promise<void> {
  try {
    await (await node.open()).jobs.retry(lease, how);
  } finally {
    node.inFlow.settle(lease);
  }
}
