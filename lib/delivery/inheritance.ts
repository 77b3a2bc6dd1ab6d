import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import type { Inherited } from '../store/settlement.ts';
import type { KnownOutcomes } from './known-outcomes.ts';
import { type Piece, type Progress, progressOf } from './progress.ts';
import { isNamed, keysOf, keyText, WriteJob } from './write-job.ts';

export type Inheritance = {
  /** What is known of places and not inherited: such a place is the job's own to go on with. */
  readonly known: KnownOutcomes['known'];
  /** What tries of superseded letters wrote down of this job's records. */
  readonly pieces: readonly Piece[];
  readonly inherited: readonly Inherited[];
};

/**
 * What a job of a replayed run inherits from the dead letters that the replay took the place of. Such a letter may have
 * written a record and then failed: the replay finds the record as it should be, and would neither call the follow-up
 * that is still to come nor know of a `create` whose answer was lost. `settled` are the outcomes that are known already.
 */
export async function inheritanceOf(
  store: Store,
  { run, queue }: ClaimedJob,
  job: WriteJob,
  settled: KnownOutcomes['known'],
): Promise<Inheritance> {
  // That it was done before may just be what such a letter did.
  const isSettled = (place: number) => settled.has(place) && settled.get(place)?.id === undefined;
  const letters = run && !job.dryRun ? await store.deadLetters.superseded({ run, queue }) : [];
  const keys = keysOf(job);
  const placeOf = new Map<string, number>();
  if (letters.length > 0)
    for (const [place, record] of job.records.entries())
      if (!isSettled(place) && isNamed(record, keys) && !placeOf.has(keyText(record, keys)))
        placeOf.set(keyText(record, keys), place);

  const pieces: Piece[] = [];
  const inherited: Inherited[] = [];
  for (const { id, payload, progress } of letters) {
    const { data: other } = WriteJob.safeParse(payload);
    if (other?.operation !== job.operation || other.model !== job.model) continue;
    const places = other.records.map((record) => placeOf.get(keyText(record, keys)));
    if (places.every((place) => place === undefined)) continue;
    const before = progressOf(progress);
    pieces.push(moved(before, (place) => places[place]));
    const left = moved(before, (place) => (places[place] === undefined ? place : undefined));
    inherited.push({ letter: id, left: isEmpty(left) ? undefined : left });
  }
  const own = progressOf(pieces).answered.get(job.operation);
  return { known: new Map([...settled].filter(([place]) => !own?.has(place))), pieces, inherited };
}

/** The progress on those records that have a place in another job. */
function moved({ planned, answered, unknown }: Progress, to: (place: number) => number | undefined): Piece {
  const moving = <Value>(places: ReadonlyMap<number, Value>) =>
    [...places].flatMap(([from, value]) => {
      const place = to(from);
      return place === undefined ? [] : [{ place, value }];
    });
  return {
    planned: planned.flatMap((plan) => {
      const index = to(plan.index);
      return index === undefined ? [] : [{ ...plan, index }];
    }),
    answered: [...answered].flatMap(([step, places]) => {
      const results = moving(places).map(({ place, value }): [number, number] => [place, value]);
      return results.length === 0 ? [] : [{ step, results }];
    }),
    unknown: [...unknown].flatMap(([step, places]) =>
      moving(places).map(({ place, value: at }) => ({ step, places: [place], at })),
    ),
  };
}

function isEmpty({ planned = [], answered = [], unknown = [] }: Piece): boolean {
  return planned.length + answered.length + unknown.length === 0;
}
