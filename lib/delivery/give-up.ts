import { withoutMarks } from '../canonical/marks.ts';
import { OdooError } from '../odoo/errors.ts';
import type { WriteOutcome } from '../odoo/write-outcome.ts';
import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import { knownOutcomes } from './known-outcomes.ts';
import { type Progress, progressOf, sharesOf } from './progress.ts';
import { WriteJob } from './write-job.ts';
import { settleWrite, type WriteResult } from './write-settlement.ts';

/**
 * What is settled of a write job that is given up after its last try. What Odoo answered for is done; every other record
 * becomes a dead letter of its own, with what the tries wrote down about it, so that a replay goes on from there.
 */
export async function giveUpWrite(store: Store, claimed: ClaimedJob, cause: Error, who: string): Promise<WriteResult> {
  const job = WriteJob.parse(claimed.payload);
  const progress = progressOf(await store.jobs.pieces(claimed.id));
  const { known, superseded, remember } = await knownOutcomes(store, claimed, job);
  const isUnknown = unknownIn(progress);
  const outcomes = job.records.map((_, index): WriteOutcome => {
    const done = known.get(index) ?? doneBefore(job, index, progress);
    if (done) return done;
    const what = isUnknown(index) ? 'Outcome unknown' : 'Given up';
    const text = `${what} after its last try (${claimed.attempt}): ${cause.message}`;
    return { index, outcome: 'refused', error: new OdooError('unknown-outcome', text, { model: job.model, cause }) };
  });
  const settled = settleWrite(job, outcomes, { run: claimed.run, who, superseded });
  const shareOf = sharesOf(progress);
  const refused = outcomes.filter(({ outcome }) => outcome === 'refused');
  const dead = settled.dead?.map((letter, at) => {
    const share = shareOf(refused[at]?.index ?? -1);
    return share ? { ...letter, progress: share } : letter;
  });
  const effects = outcomes.flatMap(({ index, id, outcome }) => {
    const effect = remember.get(index);
    return effect && id !== undefined && outcome !== 'refused' ? [{ ...effect, id }] : [];
  });
  return { ...settled, dead: dead ?? [], effects };
}

/** The outcome of a record with which Odoo has done all that there is to do, as it answered. */
function doneBefore(job: WriteJob, index: number, { answered }: Progress): WriteOutcome | undefined {
  const record = job.records[index] ?? {};
  const has = (step: string) => answered.get(step)?.has(index) ?? false;
  if (job.followUp && !has(`then ${job.followUp}`)) return undefined;
  if (job.operation === 'create' && has('create'))
    return { index, id: answered.get('create')?.get(index) ?? 0, outcome: 'created', changed: withoutMarks(record) };
  if (job.operation === 'call' && has('call')) return { index, id: Number(record.id), outcome: 'updated' };
  return undefined;
}

/** Whether Odoo may have done something with a record that it did not answer for. */
function unknownIn({ planned, begun, unknown }: Progress): (place: number) => boolean {
  const begunOn = new Set(begun === undefined ? [] : planned.map(({ index }) => index));
  return (place) => begunOn.has(place) || [...unknown.values()].some((places) => places.has(place));
}
