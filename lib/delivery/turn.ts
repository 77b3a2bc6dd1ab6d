import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import { isUnderWay, progressOf } from './progress.ts';
import { isRelative } from './relative-values.ts';
import { OutOfTurn } from './verdict.ts';
import { isNamed, keyText, WriteJob, type WriteRecord } from './write-job.ts';

/**
 * Sees that a job waits for another one of its queue that was begun on the same record, as long as Odoo may still be at work
 * on that (`limitMilliseconds`): it would find nothing done, and do it a second time, or be undone by the late call. What is
 * added to a record waits until it is known whether the earlier addition was done: what the record holds would tell nothing
 * about that one afterwards. Throws OutOfTurn.
 */
export async function awaitTurn(store: Store, claimed: ClaimedJob, job: WriteJob, limitMilliseconds: number): Promise<void> {
  if (job.dryRun || isUnderWay(progressOf(claimed.progress))) return;
  const isBegun = claimed.progress.length > 0;
  const identities = new Set(job.records.flatMap((record) => identityOf(record, job) ?? []));
  if (identities.size === 0) return;
  for (const { id, dueAt } of await store.jobs.begunBesides(claimed)) {
    const { data: other } = WriteJob.safeParse(await store.jobs.payload(id));
    if (other?.model !== job.model || other.operation !== job.operation) continue;
    const shared = other.records.flatMap((record, place) => {
      const identity = identityOf(record, other);
      return identity !== undefined && identities.has(identity) ? [{ record, place }] : [];
    });
    if (shared.length === 0) continue;
    if (!isBegun && shared.some(({ record }) => isRelative(record))) throw new OutOfTurn(dueAt);
    const since = atWorkSince(await store.jobs.pieces(id), new Set(shared.map(({ place }) => place)));
    if (Date.now() < since + limitMilliseconds) throw new OutOfTurn(since + limitMilliseconds);
  }
}

/** Which of Odoo's records a record is about; undefined where nothing tells before it is there. */
function identityOf(record: WriteRecord, { operation, keys }: WriteJob): string | undefined {
  const by = operation === 'update' || operation === 'call' ? ['id'] : keys;
  return isNamed(record, by) ? keyText(record, by) : undefined;
}

/** Since when Odoo may be at work on these places (ms since 1970); 0 where it surely is not. */
function atWorkSince(pieces: readonly unknown[], places: ReadonlySet<number>): number {
  const { planned, unknown } = progressOf(pieces);
  let since = 0;
  for (const { index, at = 0 } of planned) if (places.has(index)) since = Math.max(since, at);
  for (const step of unknown.values()) for (const [place, at] of step) if (places.has(place)) since = Math.max(since, at);
  return since;
}
