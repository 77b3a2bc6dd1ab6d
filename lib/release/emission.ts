import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FlowRecord } from '../canonical/marks.ts';
import type { VersionItem } from '../canonical/version-item.ts';
import { cutOffTooOften } from '../delivery/verdict.ts';
import { goneItems } from '../forecast/versions/gone.ts';
import { linesOf } from '../forecast/versions/lines-of.ts';
import type { Held } from '../store/context.ts';
import type { Store } from '../store/open.ts';
import type { Version } from '../store/versions/read.ts';

/** One part of a version on its way into the flow; `count` is known with the last one only. */
export type VersionPart = {
  readonly kind: 'release' | 'preview';
  readonly version: Version;
  /** What the release's work is keyed by. */
  readonly key: string;
  readonly run: string | undefined;
  readonly index: number;
  readonly count: number | undefined;
  readonly records: readonly FlowRecord[];
  readonly lease: Held;
};

export type VersionEmissionOptions = {
  readonly queue: string;
  readonly owner: string;
  readonly leaseSeconds: number;
  /** The plant's day, `YYYY-MM-DD`. */
  readonly day: string;
  /** Also what stands in Odoo as it is wanted. */
  readonly everything: boolean;
  /** Whether what the version before wants, and this one does not, is emitted as wanted no more. */
  readonly zeroGone: boolean;
};

export type EmittedVersion = {
  readonly version: Version;
  readonly kind: VersionPart['kind'];
  readonly lease: Held;
  parts(): AsyncGenerator<VersionPart>;
};

/** A release that has to wait for an earlier one looks again so long after that one is due. */
const OUT_OF_TURN_MILLISECONDS = 1_000;

/** Records a message. */
const BATCH = 1_000;

/**
 * Claims the next release or preview of a version; undefined when there is none. A release begins anew each time that it
 * comes: what an earlier emission left is cleared. It waits for those that were to be released before it, so that an old
 * version never overwrites a newer one. One whose attempts are used up is buried, and says why.
 */
export async function nextVersion(
  store: Store,
  { queue, owner, leaseSeconds, day, everything, zeroGone }: VersionEmissionOptions,
): Promise<EmittedVersion | undefined> {
  for (;;) {
    const [job] = await store.jobs.claim(queue, { owner, leaseSeconds, limit: 1 });
    if (!job) return undefined;
    const { lease, run, key } = job;
    const cutOff = cutOffTooOften(job);
    if (cutOff || job.attempt > job.maxAttempts) {
      const text =
        cutOff?.message ??
        `The version was given to the flow ${job.maxAttempts} times, and none of its nodes settled it. Check that the flow leads to odoo-write, and its exceptions to exception-route.`;
      await store.jobs.bury(lease, text);
      continue;
    }
    if (job.kind === 'preview') {
      const { version: id } = job.payload as { version: string };
      const version = await store.versions.show(id);
      // Decided in the meantime: nobody looks at it any more.
      if (version?.state !== 'awaiting-approval') {
        await store.jobs.settle(lease);
        continue;
      }
      const { previous, standing } = await store.versions.before(id, day);
      const part = { kind: 'preview' as const, version, key, run: undefined, lease };
      const told = { version: id, standing: everything ? undefined : standing, gone: zeroGone ? previous : undefined, day };
      return { ...part, parts: () => emit(changes(store, told), part) };
    }
    const earlier = await store.jobs.earlierDueIn(job);
    if (earlier !== undefined) {
      await store.jobs.retry(lease, { delayMs: earlier + OUT_OF_TURN_MILLISECONDS, countAttempt: false });
      continue;
    }
    const { version, standing } = await store.versions.begin(lease, day, everything);
    const part = { kind: 'release' as const, version, key, run, lease };
    const gone = zeroGone ? (version.previous ?? undefined) : undefined;
    return { ...part, parts: () => emit(changes(store, { version: version.id, standing, gone, day }), part) };
  }
}

type Told = {
  readonly version: string;
  /** What this version wants just so is left out. */
  readonly standing: string | undefined;
  /** What is gone of what this version wants is told of. */
  readonly gone: string | undefined;
  readonly day: string;
};

/** What a release tells Odoo: what the version wants, then what is wanted no more. */
async function* changes({ versions: { items } }: Store, { version, standing, gone, day }: Told): AsyncGenerator<VersionItem[]> {
  yield* items.pages(version, standing);
  if (gone === undefined) return;
  for await (const before of items.pages(gone, version)) yield goneItems(before, await items.of(version, before), day);
}

type PartHead = Omit<VersionPart, 'index' | 'count' | 'records'>;

/** The items' records in messages; the last one says how many there were. A version that changes nothing sends one without records. */
async function* emit(pages: AsyncIterable<readonly VersionItem[]>, head: PartHead): AsyncGenerator<VersionPart> {
  let index = 0;
  let kept: FlowRecord[] = [];
  for await (const page of pages) {
    kept.push(...linesOf(page));
    while (kept.length > BATCH) {
      yield { ...head, index: index++, count: undefined, records: kept.slice(0, BATCH) };
      kept = kept.slice(BATCH);
      await nextTurn();
    }
  }
  yield { ...head, index, count: index + 1, records: kept };
}
