import { setImmediate as nextTurn } from 'node:timers/promises';
import { withoutMarks } from '../canonical/marks.ts';
import { shortKey } from '../canonical/short-key.ts';
import { OdooError } from '../odoo/errors.ts';
import type { WriteOutcome } from '../odoo/write-outcome.ts';
import { canonicalJson, sha256 } from '../store/canonical-json.ts';
import type { Effect } from '../store/effects.ts';
import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import { progressOf } from './progress.ts';
import { isRelative } from './relative-values.ts';
import { isNamed, keysOf, keyText, WriteJob, type WriteRecord, WriteSummary } from './write-job.ts';

/** The same business key came with other content: one of the two is wrong, and nobody but a person can tell which. */
export class KeyConflict extends OdooError {
  override readonly name = 'KeyConflict';
}

export type KnownOutcomes = {
  /** Outcomes that stand before anything is sent, by place. */
  readonly known: ReadonlyMap<number, WriteOutcome>;
  /** How many of them are of records that a later job has written since. */
  readonly superseded: number;
  /** What is to be remembered of the others, once they are done: key and hash of the content, by place. */
  readonly remember: ReadonlyMap<number, Omit<Effect, 'id'>>;
};

/** The effects of what was done: of a record whose follow-up was refused, too, for it is there. */
export function effectsOf(outcomes: readonly WriteOutcome[], remember: KnownOutcomes['remember']): Effect[] {
  return outcomes.flatMap(({ index, id, outcome, changed }) => {
    const effect = remember.get(index);
    return effect && id !== undefined && (outcome !== 'refused' || changed) ? [{ ...effect, id }] : [];
  });
}

/**
 * What a job need not do any more. A `create` or `call` under a business key that was done before with the same content is
 * answered as it was then; with other content it is refused. What the job's own tries did is its own: it goes on. An `upsert` or `update` that waited while a later job wrote
 * the same fields of the same record is left out, so that an old forecast never overwrites a newer one.
 */
export async function knownOutcomes(store: Store, claimed: ClaimedJob, job: WriteJob): Promise<KnownOutcomes> {
  const known = new Map<number, WriteOutcome>();
  const remember = new Map<number, Omit<Effect, 'id'>>();
  if (job.dryRun) return { known, superseded: 0, remember };
  if (job.operation === 'upsert' || job.operation === 'update') {
    for (const index of await overtaken(store, claimed, job)) known.set(index, { index, outcome: 'unchanged' });
    return { known, superseded: known.size, remember };
  }
  if (job.keys.length === 0) return { known, superseded: 0, remember };

  for (const [index, record] of job.records.entries()) {
    if (!isNamed(record, job.keys)) continue;
    const key = shortKey(`${job.operation} ${job.model} ${job.method ?? ''} ${keyText(record, job.keys)}`);
    remember.set(index, { key, hash: sha256(canonicalJson([withoutMarks(record), job.args ?? {}])) });
    if (index % 1_000 === 999) await nextTurn();
  }
  const own = progressOf(claimed.progress).answered.get(job.operation);
  const before = new Map(await store.effects.known(claimed.queue, [...new Set([...remember.values()].map(({ key }) => key))]));
  for (const [index, { key, hash }] of remember) {
    const effect = before.get(key);
    if (!effect || own?.has(index)) before.set(key, { key, hash, id: 0 });
    else if (effect.hash === hash) known.set(index, { index, outcome: 'unchanged', ...(effect.id ? { id: effect.id } : {}) });
    else {
      const text = `The key ${job.keys.map((name) => `${name} ${String(job.records[index]?.[name])}`).join(', ')} was used before, with other content. Which one is right? Correct the key or the content, then replay or discard.`;
      known.set(index, { index, outcome: 'refused', error: new KeyConflict('validation', text, { model: job.model }) });
    }
  }
  for (const index of known.keys()) remember.delete(index);
  return { known, superseded: 0, remember };
}

/**
 * Places of the records whose every field a job that came later has written already; what that one only tried, or Odoo
 * refused, is not written. One that differs in nothing is no harm to do, and may have a follow-up to come; what is added is
 * added whatever came later.
 */
async function overtaken(store: Store, claimed: ClaimedJob, job: WriteJob): Promise<number[]> {
  const keys = keysOf(job);
  const later = new Map<string, WriteRecord>();
  for (const { id, result } of await store.jobs.finishedSince(claimed)) {
    const { data: other } = WriteJob.safeParse(await store.jobs.payload(id));
    if (!other || other.dryRun || other.model !== job.model || other.operation !== job.operation) continue;
    const unwritten = new Set(WriteSummary.safeParse(result).data?.unwritten);
    for (const [index, record] of other.records.entries()) {
      if (unwritten.has(index)) continue;
      const name = keyText(record, keys);
      later.set(name, { ...later.get(name), ...withoutMarks(record) });
    }
    await nextTurn();
  }
  if (later.size === 0) return [];
  return job.records.flatMap((record, index) => {
    const written = later.get(keyText(record, keys));
    const values = withoutMarks(record);
    if (!written || isRelative(values) || !Object.keys(values).every((name) => Object.hasOwn(written, name))) return [];
    return canonicalJson({ ...written, ...values }) === canonicalJson(written) ? [] : [index];
  });
}
