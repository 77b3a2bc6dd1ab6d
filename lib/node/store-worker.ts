import { once } from 'node:events';
import { breakerOf } from '../delivery/breaker.ts';
import { type Hold, startWorker, type WorkerOptions } from '../delivery/worker.ts';
import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import type { Settlement } from '../store/settlement.ts';
import { instanceName } from './instance.ts';
import { openPatiently } from './open-patiently.ts';
import type { OdooServerNode, SyncStoreNode } from './types.ts';

export type StoreWorkerOptions<Result extends Settlement> = Pick<
  WorkerOptions<Result>,
  'queue' | 'onSettled' | 'onFailed' | 'onPaused' | 'onResumed'
> & {
  readonly store: SyncStoreNode;
  /** The Odoo that the jobs are for; its circuit breaker is theirs. */
  readonly server: OdooServerNode;
  readonly handle: (store: Store, job: ClaimedJob, hold: Hold) => Promise<Result>;
  readonly giveUp?: (store: Store, job: ClaimedJob, error: Error) => Promise<Result>;
  /** The store does not answer; the worker goes on trying. */
  readonly onTrouble: (error: Error) => void;
  readonly onRecovered: () => void;
};

export type StoreWorker = { nudge(): void; stop(): Promise<void> };

/** Works off a node's queue until it is stopped; a store that does not open yet is tried again. */
export function startStoreWorker<Result extends Settlement>({
  store: node,
  server,
  handle,
  giveUp,
  ...options
}: StoreWorkerOptions<Result>): StoreWorker {
  const stopping = new AbortController();
  let nudge = () => {};

  const work = async (): Promise<void> => {
    const store = await openPatiently(node, stopping.signal, options.onTrouble);
    if (!store) return;
    const worker = startWorker<Result>({
      ...options,
      store,
      owner: instanceName(),
      handle: (job, hold) => handle(store, job, hold),
      ...(giveUp ? { giveUp: (job, error) => giveUp(store, job, error) } : {}),
      breaker: breakerOf(store, () => server.client().server),
    });
    options.onRecovered();
    nudge = worker.nudge;
    const unlisten = node.inFlow.onRelease(worker.nudge);
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
    unlisten();
    await worker.stop();
  };

  const working = work().catch(options.onTrouble);
  node.keepFor(working);
  server.keepFor(working);
  return {
    nudge: () => nudge(),
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
