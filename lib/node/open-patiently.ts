import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../delivery/backoff.ts';
import type { Store } from '../store/open.ts';
import type { SyncStoreNode } from './types.ts';

const LONGEST_WAIT = 30_000;

/** Opens a store for work in the background; tries again until it opens, or the signal is aborted (then undefined). */
export async function openPatiently(
  node: Pick<SyncStoreNode, 'open'>,
  signal: AbortSignal,
  onTrouble: (error: Error) => void,
): Promise<Store | undefined> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      return await node.open();
    } catch (error) {
      onTrouble(error as Error);
      await sleep(Math.min(LONGEST_WAIT, backoff(attempt)), undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
