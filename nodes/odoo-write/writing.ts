import { breakerOf } from '../../lib/delivery/breaker.ts';
import { doWriteJob } from '../../lib/delivery/do-write-job.ts';
import { giveUpWrite } from '../../lib/delivery/give-up.ts';
import { startWorker } from '../../lib/delivery/worker.ts';
import { WriteJob } from '../../lib/delivery/write-job.ts';
import type { WriteResult } from '../../lib/delivery/write-settlement.ts';
import { instanceName } from '../../lib/node/instance.ts';
import { openPatiently } from '../../lib/node/open-patiently.ts';
import type { OdooServerNode, SyncStoreNode } from '../../lib/node/types.ts';
import type { ClaimedJob } from '../../lib/store/jobs.ts';

export type WritingOptions = {
  readonly store: SyncStoreNode;
  readonly server: OdooServerNode;
  /** The queue, and who writes as the audit names it. */
  readonly who: string;
  /** A batch of so many records is begun. */
  readonly onBegin: (records: number) => void;
  readonly onSettled: (sync: unknown, result: Pick<WriteResult, 'outcomes' | 'refusals'>) => void;
  /** A try failed; `buried` when it was the last one. */
  readonly onFailed: (sync: unknown, error: Error, buried: boolean) => void;
  /** Odoo did not answer a few times in a row; it is left alone for so many milliseconds. */
  readonly onPaused: (milliseconds: number) => void;
  readonly onResumed: () => void;
  /** The store does not answer; the worker goes on trying. */
  readonly onTrouble: (error: Error) => void;
  readonly onRecovered: () => void;
};

export type Writing = { nudge(): void; stop(): Promise<void> };

/** Works off the jobs of a durable node until it is stopped; a store that does not open yet is tried again. */
export function startWriting({ store: node, server, who, ...tell }: WritingOptions): Writing {
  const stopping = new AbortController();
  let nudge = () => {};

  const work = async (): Promise<void> => {
    const store = await openPatiently(node, stopping.signal, tell.onTrouble);
    if (!store) return;
    const worker = startWorker<WriteResult>({
      store,
      queue: who,
      owner: instanceName(),
      handle: (claimed, hold) => {
        tell.onBegin(WriteJob.parse(claimed.payload).records.length);
        return doWriteJob(store, server.client(), claimed, hold, who);
      },
      giveUp: (claimed, error) => giveUpWrite(store, claimed, error, who),
      onSettled: (claimed, result) => tell.onSettled(syncOf(claimed), result),
      onFailed: (claimed, error, buried) => tell.onFailed(syncOf(claimed), error, buried),
      breaker: breakerOf(store, () => server.client().server),
      onPaused: tell.onPaused,
      onResumed: tell.onResumed,
      onTrouble: tell.onTrouble,
      onRecovered: tell.onRecovered,
    });
    tell.onRecovered();
    nudge = worker.nudge;
    const unlisten = node.inFlow.onRelease(worker.nudge);
    await new Promise<void>((resolve) => {
      if (stopping.signal.aborted) resolve();
      else stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    unlisten();
    await worker.stop();
  };

  const working = work().catch(tell.onTrouble);
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

/** The envelope that a job's batch came with. */
function syncOf(job: ClaimedJob): unknown {
  return (job.payload as { sync?: unknown }).sync;
}
