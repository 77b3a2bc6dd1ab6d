import { hostname } from 'node:os';
import { breakerOf } from '../../lib/delivery/breaker.ts';
import { startWorker } from '../../lib/delivery/worker.ts';
import { openPatiently } from '../../lib/node/open-patiently.ts';
import type { OdooServerNode, SyncStoreNode } from '../../lib/node/types.ts';
import { doOdooJob } from '../../lib/release/odoo-jobs.ts';
import type { Version } from '../../lib/store/versions/read.ts';
import { odooQueueOf } from '../../lib/store/versions/release.ts';

export type OdooWorkOptions = {
  readonly store: SyncStoreNode;
  readonly server: OdooServerNode;
  readonly queue: string;
  readonly onDone: (kind: string, version: Version) => void;
  readonly onTrouble: (error: Error) => void;
  readonly onRecovered: () => void;
};

/** Works off what the node does in Odoo itself: finding the orders that came of a release, taking a release back. */
export function startOdooWork({ store: node, server, queue, onDone, onTrouble, onRecovered }: OdooWorkOptions) {
  const stopping = new AbortController();
  const work = async (): Promise<void> => {
    const store = await openPatiently(node, stopping.signal, onTrouble);
    if (!store) return;
    const worker = startWorker({
      store,
      queue: odooQueueOf(queue),
      owner: `${hostname()}:${process.pid}`,
      handle: (job) => doOdooJob(store, server.client(), job),
      onSettled: (job) => {
        onRecovered();
        void store.versions
          .show((job.payload as { version: string }).version)
          .then((version) => version && onDone(job.kind, version))
          .catch(onTrouble);
      },
      onFailed: (_, error) => onTrouble(error),
      breaker: breakerOf(store, () => server.client().server),
      onTrouble,
      onRecovered,
    });
    const unlisten = node.inFlow.onRelease(worker.nudge);
    await new Promise<void>((resolve) => {
      if (stopping.signal.aborted) resolve();
      else stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    unlisten();
    await worker.stop();
  };
  const working = work().catch(onTrouble);
  node.keepFor(working);
  server.keepFor(working);
  return {
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
