import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncStoreNode } from '../../lib/node/types.ts';
import type { Version } from '../../lib/store/versions/read.ts';

export type DeadlineOptions = {
  readonly store: SyncStoreNode;
  readonly queue: string;
  /** Whether a version whose deadline is over is refused; else it is told of, once. */
  readonly expire: boolean;
  readonly onOverdue: (version: Version) => void;
  readonly onTrouble: (error: Error) => void;
  readonly onRecovered: () => void;
};

const LOOK_MILLISECONDS = 60_000;

/** Looks once a minute for versions that nobody decided on in time, until it is stopped. */
export function startDeadlines({ store: node, queue, expire, onOverdue, onTrouble, onRecovered }: DeadlineOptions) {
  const stopping = new AbortController();
  const look = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const store = await node.open();
        for (const version of await store.versions.overdue(queue, expire)) onOverdue(version);
        onRecovered();
      } catch (error) {
        onTrouble(error as Error);
      }
      await sleep(LOOK_MILLISECONDS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const looking = look();
  return {
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}
