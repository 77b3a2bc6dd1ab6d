import type { OdooClient } from '../odoo/client.ts';
import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import { applyWrite } from './apply-write.ts';
import { inheritanceOf } from './inheritance.ts';
import { effectsOf, knownOutcomes } from './known-outcomes.ts';
import { awaitTurn } from './turn.ts';
import type { Hold } from './worker.ts';
import { WriteJob } from './write-job.ts';
import { settleWrite, type WriteResult } from './write-settlement.ts';

/** Does a write job as a worker claimed it, and gives what is settled. Throws as `applyWrite` does. */
export async function doWriteJob(
  store: Store,
  client: OdooClient,
  claimed: ClaimedJob,
  { signal, confirm }: Hold,
  who: string,
): Promise<WriteResult> {
  const job = WriteJob.parse(claimed.payload);
  await awaitTurn(store, claimed, job, client.limitMilliseconds);
  const { known: settled, superseded, remember } = await knownOutcomes(store, claimed, job);
  const { known, pieces, inherited } = await inheritanceOf(store, claimed, job, settled);
  const outcomes = await applyWrite({
    client: confirmed(client, confirm),
    job,
    signal,
    before: [...pieces, ...claimed.progress],
    save: (piece) => store.jobs.progress(claimed.lease, piece),
    known,
  });
  return {
    ...settleWrite(job, outcomes, { run: claimed.run, who, superseded }),
    effects: effectsOf(outcomes, remember),
    inherited,
  };
}

/** The client, making sure before it sends what changes Odoo that the job is still this worker's. */
export function confirmed(client: OdooClient, confirm: () => Promise<void>): OdooClient {
  return {
    ...client,
    async call(call) {
      if (!call.readOnly) await confirm();
      return client.call(call);
    },
  };
}
