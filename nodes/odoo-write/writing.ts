import { doWriteJob } from '../../lib/delivery/do-write-job.ts';
import { giveUpWrite } from '../../lib/delivery/give-up.ts';
import { WriteJob } from '../../lib/delivery/write-job.ts';
import type { WriteResult } from '../../lib/delivery/write-settlement.ts';
import { type StoreWorker, startStoreWorker } from '../../lib/node/store-worker.ts';
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

/** Works off the jobs of a durable node until it is stopped. */
export function startWriting({ store, server, who, onBegin, onSettled, onFailed, ...tell }: WritingOptions): StoreWorker {
  return startStoreWorker<WriteResult>({
    ...tell,
    store,
    server,
    queue: who,
    handle: (opened, claimed, hold) => {
      onBegin(WriteJob.parse(claimed.payload).records.length);
      return doWriteJob(opened, server.client(), claimed, hold, who);
    },
    giveUp: (opened, claimed, error) => giveUpWrite(opened, claimed, error, who),
    onSettled: (claimed, result) => onSettled(syncOf(claimed), result),
    onFailed: (claimed, error, buried) => onFailed(syncOf(claimed), error, buried),
  });
}

/** The envelope that a job's batch came with. */
function syncOf(job: ClaimedJob): unknown {
  return (job.payload as { sync?: unknown }).sync;
}
