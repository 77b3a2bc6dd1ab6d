import { withoutMarks } from '../canonical/marks.ts';
import type { OdooError } from '../odoo/errors.ts';
import type { WriteOutcome } from '../odoo/write-outcome.ts';
import { type Piece, type Progress, sharesOf } from './progress.ts';
import type { WriteJob } from './write-job.ts';

/** The outcome of a record of a write job. */
export type Applied = WriteOutcome & {
  /** Of one that is refused: what was done of it all the same, or may have been, from where a replay goes on. */
  readonly left?: Piece;
};

/**
 * The outcome of a record whose job ends before Odoo told of it in this try. What Odoo has answered for is done; the record
 * is refused otherwise, with what the tries wrote down about it.
 */
export function endedBefore(job: WriteJob, progress: Progress): (index: number, error: OdooError) => Applied {
  const shareOf = sharesOf(progress);
  return (index, error) => {
    const done = doneOf(job, index, progress);
    const owed = job.followUp !== undefined && !progress.answered.get(`then ${job.followUp}`)?.has(index);
    if (done && !owed) return done;
    const left = shareOf(index);
    const refused = { index, outcome: 'refused' as const, error, ...(left ? { left } : {}) };
    return done?.id === undefined ? refused : { ...refused, id: done.id, changed: done.changed ?? {} };
  };
}

/** What Odoo answered for of what is sent once. */
function doneOf({ operation, records }: WriteJob, index: number, { answered }: Progress): WriteOutcome | undefined {
  const id = answered.get(operation)?.get(index);
  const record = records[index] ?? {};
  if (id === undefined) return undefined;
  if (operation === 'create') return { index, id, outcome: 'created', changed: withoutMarks(record) };
  return { index, id: Number(record.id), outcome: 'updated' };
}
