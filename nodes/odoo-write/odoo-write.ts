import { hostname } from 'node:os';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { v7 as uuidv7 } from 'uuid';
import { applyWrite, Progress } from '../../lib/delivery/apply-write.ts';
import { startWorker, type Worker } from '../../lib/delivery/worker.ts';
import { WriteJob } from '../../lib/delivery/write-job.ts';
import { counted, settleWrite, type WriteResult } from '../../lib/delivery/write-settlement.ts';
import { placeOf } from '../../lib/node/batch.ts';
import { serverOf, storeOf } from '../../lib/node/config-nodes.ts';
import { onInput } from '../../lib/node/input.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showFailure, showStatus } from '../../lib/node/status.ts';
import type { ClaimedJob } from '../../lib/store/jobs.ts';
import { Settings } from './settings.ts';
import { writeJobOf } from './write-jobs.ts';

/** Writes to Odoo: durably by default, each batch a job that is tried again until Odoo takes it or refuses it for good. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('odoo-write', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const settings = parseSettings(Settings, config);
    const who = `odoo-write:${this.id}`;

    const report = (result: WriteResult, sync: unknown) => {
      const done = { sync, payload: result.outcomes };
      this.send([done, result.refusals.length > 0 ? { sync, payload: result.refusals } : null]);
      showStatus(RED, this, result.refusals.length > 0 ? 'exceptions' : 'done', 'applied', {
        count: result.outcomes.length - result.refusals.length,
      });
    };

    const work = async (): Promise<Worker> => {
      const store = await storeOf(RED, settings.store).open();
      return startWorker<WriteResult>({
        store,
        queue: who,
        owner: `${hostname()}:${process.pid}`,
        handle: async (claimed, signal) => {
          const job = WriteJob.parse(claimed.payload);
          const client = serverOf(RED, settings.server).client();
          const save = (progress: Progress) => store.jobs.progress(claimed.lease, progress);
          const outcomes = await applyWrite(client, job, Progress.parse(claimed.progress ?? {}), save, signal);
          return settleWrite(job, outcomes, { run: claimed.run, who });
        },
        lost: (claimed) => counted(WriteJob.parse(claimed.payload).records),
        onSettled: (claimed, result) => report(result, syncOf(claimed)),
        onFailed: (claimed, error, buried) => {
          showFailure(this, error);
          if (buried) this.error(error, { sync: syncOf(claimed), payload: (claimed.payload as WriteJob).records });
        },
        onTrouble: (error) => showFailure(this, error),
      });
    };
    const worker = settings.durable ? work() : undefined;
    worker?.catch((error: Error) => {
      showFailure(this, error);
      this.error(error);
    });

    onInput(RED, this, async (message) => {
      const job = writeJobOf(message, config);
      const { run, index, last, lease } = placeOf(message);
      if (!settings.durable) {
        const outcomes = await applyWrite(
          serverOf(RED, settings.server).client(),
          job,
          Progress.parse({}),
          async () => {},
          new AbortController().signal,
        );
        return report(settleWrite(job, outcomes, { run, who }), message.sync);
      }
      const store = await storeOf(RED, settings.store).open();
      const key = run ? `${run}/${index}` : uuidv7();
      if (job.records.length > 0)
        await store.jobs.add(
          [
            {
              queue: who,
              kind: 'odoo-write',
              key,
              run: lease ? run : undefined,
              payload: { ...job, sync: { ...message.sync, lease: undefined } },
              maxAttempts: settings.maxAttempts,
            },
          ],
          lease,
        );
      if (lease && last) {
        await store.runs.handOver(lease);
        const released = await store.runs.release(lease);
        if (released === 'waiting') showStatus(RED, this, 'waiting', 'waiting');
      }
      (await worker)?.nudge();
    });

    this.on('close', (done: () => void) => {
      const stopped = worker?.then((running) => running.stop()).catch(() => undefined) ?? Promise.resolve();
      if (settings.durable) storeOf(RED, settings.store).keepFor(stopped);
      void stopped.finally(done);
    });
  });
}

/** The envelope that a job's batch came with. */
function syncOf(job: ClaimedJob): unknown {
  return (job.payload as { sync?: unknown }).sync;
}
