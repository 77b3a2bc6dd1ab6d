import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FlowRecord } from '../canonical/marks.ts';
import type { VersionItem } from '../canonical/version-item.ts';
import { cutOffTooOften } from '../delivery/verdict.ts';
import { goneItems } from '../forecast/versions/gone.ts';
import { linesOf } from '../forecast/versions/lines-of.ts';
import { together } from '../forecast/versions/together.ts';
import type { Held } from '../store/context.ts';
import { StoreError } from '../store/errors.ts';
import type { Store } from '../store/open.ts';
import type { Version } from '../store/versions/read.ts';
import type { Release } from '../store/versions/release.ts';

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
      const { standing, ...before } = await store.versions.before(id, day);
      const part = { kind: 'preview' as const, version, key, run: undefined, lease };
      const told = { ...before, version, standing: everything ? undefined : standing, day, zeroGone };
      return { ...part, parts: () => emit(changes(store, told), part) };
    }
    const earlier = await store.jobs.earlierDueIn(job);
    if (earlier !== undefined) {
      await store.jobs.retry(lease, { delayMs: earlier + OUT_OF_TURN_MILLISECONDS, countAttempt: false });
      continue;
    }
    const release = await begun(store, lease, () => store.versions.begin(lease, day, everything));
    if (!release) continue;
    const { version, standing, beside } = release;
    const part = { kind: 'release' as const, version, key, run, lease };
    const told = { version, standing, beside, previous: version.previous ?? undefined, day, zeroGone };
    return { ...part, parts: () => emit(changes(store, told), part) };
  }
}

/** The release that a job begins; undefined where another one goes before it, and it comes again later. */
async function begun(store: Store, lease: Held, begin: () => Promise<Release>): Promise<Release | undefined> {
  try {
    return await begin();
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'out-of-turn')) throw error;
    await store.jobs.retry(lease, { error: error.message, delayMs: OUT_OF_TURN_MILLISECONDS, countAttempt: false });
    return undefined;
  }
}

type Told = {
  readonly version: Version;
  /** What this version wants just so is left out. */
  readonly standing: string | undefined;
  /** What this version wants besides is added to it. */
  readonly beside: string | undefined;
  /** The version whose place it takes. */
  readonly previous: string | undefined;
  readonly day: string;
  readonly zeroGone: boolean;
};

/**
 * What a release tells Odoo: what the version wants, then what is wanted no more. For the products of a promotion that ends,
 * that is what the baseline wants; of other products it is told only with `zeroGone`.
 */
async function* changes(
  { versions: { items } }: Store,
  { version: { id, purpose }, standing, beside, previous, day, zeroGone }: Told,
): AsyncGenerator<VersionItem[]> {
  const besides = async (some: readonly VersionItem[]) => (beside === undefined ? [] : items.of(beside, some));
  const withBesides = async (some: readonly VersionItem[]) => together(some, await besides(some));
  for await (const some of items.pages(id, standing)) yield await withBesides(some);
  if (previous === undefined || !(zeroGone || purpose === 'promotion')) return;
  for await (const before of items.pages(previous, id)) {
    const after = await withBesides(await items.of(id, before));
    const gone = goneItems(before, after, day);
    // Of a product that the version still has, what stands beside it is told already.
    const whole = gone.filter((item) => !after.some((other) => isOfSame(item, other)));
    const others = await besides(whole);
    if (zeroGone) yield gone.filter((item) => !whole.includes(item));
    yield await together(zeroGone ? whole : whole.filter((item) => others.some((other) => isOfSame(item, other))), others);
  }
}

function isOfSame(one: VersionItem, other: VersionItem): boolean {
  return one.product === other.product && one.location === other.location;
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
