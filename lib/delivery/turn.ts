import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import { isRelative } from './relative-values.ts';
import { OutOfTurn } from './verdict.ts';
import { keysOf, keyText, WriteJob } from './write-job.ts';

/**
 * Sees that what is added to a record waits for an addition that was begun and of which it is not known yet whether Odoo
 * has done it: what the record holds would tell nothing about that one afterwards. Throws OutOfTurn.
 */
export async function awaitTurn(store: Store, claimed: ClaimedJob, job: WriteJob): Promise<void> {
  if (claimed.progress.length > 0) return;
  const keys = keysOf(job);
  const added = new Set(job.records.filter(isRelative).map((record) => keyText(record, keys)));
  if (added.size === 0) return;
  for (const id of await store.jobs.begunBesides(claimed)) {
    const { data: other } = WriteJob.safeParse(await store.jobs.payload(id));
    if (other?.model !== job.model || other.operation !== job.operation) continue;
    if (other.records.some((record) => added.has(keyText(record, keys)))) throw new OutOfTurn();
  }
}
