import { type StoreWorker, startStoreWorker } from '../../lib/node/store-worker.ts';
import type { OdooServerNode, SyncStoreNode } from '../../lib/node/types.ts';
import { doOdooJob } from '../../lib/release/odoo-jobs.ts';
import { odooQueueOf } from '../../lib/store/versions/odoo-queue.ts';
import type { Version } from '../../lib/store/versions/read.ts';

export type OdooWorkOptions = {
  readonly store: SyncStoreNode;
  readonly server: OdooServerNode;
  readonly queue: string;
  readonly onDone: (kind: string, version: Version) => void;
  readonly onTrouble: (error: Error) => void;
  readonly onRecovered: () => void;
};

/** Works off what the node does in Odoo itself: finding the orders that came of a release, taking a release back. */
export function startOdooWork({ store, server, queue, onDone, onTrouble, onRecovered }: OdooWorkOptions): StoreWorker {
  return startStoreWorker({
    store,
    server,
    queue: odooQueueOf(queue),
    handle: (opened, job, hold) => doOdooJob(opened, server.client(), job, hold),
    onSettled: async ({ kind, payload }) => {
      onRecovered();
      try {
        const { versions } = await store.open();
        const version = await versions.show((payload as { version: string }).version);
        if (version) onDone(kind, version);
      } catch (error) {
        onTrouble(error as Error);
      }
    },
    onFailed: (_, error) => onTrouble(error),
    onTrouble,
    onRecovered,
  });
}
