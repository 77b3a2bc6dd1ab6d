import { OdooError } from '../odoo/errors.ts';
import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import { type Applied, endedBefore } from './applied.ts';
import { inheritanceOf } from './inheritance.ts';
import { effectsOf, knownOutcomes } from './known-outcomes.ts';
import { type Progress, progressOf } from './progress.ts';
import { WriteJob } from './write-job.ts';
import { settleWrite, type WriteResult } from './write-settlement.ts';

/**
 * What is settled of a write job that is given up after its last try. What Odoo answered for is done; every other record
 * becomes a dead letter of its own, with what the tries wrote down about it, so that a replay goes on from there.
 */
export async function giveUpWrite(store: Store, claimed: ClaimedJob, cause: Error, who: string): Promise<WriteResult> {
  const job = WriteJob.parse(claimed.payload);
  const own = await store.jobs.pieces(claimed.id);
  const { known: settled, superseded, remember } = await knownOutcomes(store, { ...claimed, progress: own }, job);
  const { known, pieces, inherited } = await inheritanceOf(store, claimed, job, settled);
  const progress = progressOf([...pieces, ...own]);
  const isUnknown = unknownIn(progress);
  const ended = endedBefore(job, progress);
  const outcomes = job.records.map((_, index): Applied => {
    const what = isUnknown(index) ? 'Outcome unknown' : 'Given up';
    const text = `${what} after its last try (${claimed.attempt}): ${cause.message}`;
    return known.get(index) ?? ended(index, new OdooError('unknown-outcome', text, { model: job.model, cause }));
  });
  return {
    ...settleWrite(job, outcomes, { run: claimed.run, who, superseded }),
    effects: effectsOf(outcomes, remember),
    inherited,
  };
}

/** Whether Odoo may have done something with a record that it did not answer for. */
function unknownIn({ planned, unknown }: Progress): (place: number) => boolean {
  const begun = new Set(planned.flatMap(({ index, at }) => (at === undefined ? [] : [index])));
  return (place) => begun.has(place) || [...unknown.values()].some((places) => places.has(place));
}
