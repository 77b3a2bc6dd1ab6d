import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../delivery/backoff.ts';
import { verdict } from '../delivery/verdict.ts';
import type { Held } from '../store/context.ts';
import { StoreError } from '../store/errors.ts';
import type { Store } from '../store/open.ts';
import { instanceName } from './instance.ts';
import { openPatiently } from './open-patiently.ts';
import type { Passage, Watch } from './runs-in-flow.ts';
import type { SyncStoreNode } from './types.ts';

/** A run or an event, claimed, on its way into the flow. */
export type Emission = {
  readonly lease: Held;
  /** Sends its messages, one after the other. */
  messages(): AsyncIterable<() => void>;
  /** Why it stood still, where the store can tell. */
  why(): Promise<string | undefined>;
};

export type Claiming = { readonly queue: string; readonly owner: string; readonly leaseSeconds: number };

export type EmitterOptions = {
  readonly store: Pick<SyncStoreNode, 'open' | 'inFlow' | 'keepFor'>;
  readonly queue: string;
  readonly leaseSeconds: number;
  /** So many are on their way at a time, at most: a morning's work must not all stand in memory. */
  readonly mostInFlow: number;
  /** Claims the next one; undefined when there is none. */
  readonly next: (store: Store, claiming: Claiming) => Promise<Emission | undefined>;
  /** The store does not answer; the emitter goes on trying. */
  readonly onTrouble: (error: Error) => void;
  readonly onRecovered?: () => void;
};

export type Emitter = { nudge(): void; stop(): Promise<void> };

const POLL_MILLISECONDS = 5_000;
/** There is room for one more with each that came through, or after so long. */
const ONE_MORE_MILLISECONDS = 250;
const STOOD_STILL =
  'It stood still in the flow. Check that every node on its way leads on, to odoo-write, and each exception output to exception-route.';

/**
 * Sends what was accepted into the flow, in order, until it is stopped. It begins with one at a time, and has more and more
 * on their way: a process that ends soon after it began, time after time, cuts off few of them, and gets some through. A run or event keeps its lease as long as some node
 * is at work on it; one that stands still for `leaseSeconds` is given back, to come again later. An event that nodes have
 * taken over is settled.
 */
export function startEmitter(options: EmitterOptions): Emitter {
  const { store: node, queue, leaseSeconds } = options;
  const owner = instanceName();
  const stopping = new AbortController();
  const onTheirWay = new Set<Promise<void>>();
  let resting = new AbortController();
  let room = 1;

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      resting = new AbortController();
      const store = await openPatiently(node, stopping.signal, options.onTrouble);
      if (!store) return;
      let troubled = false;
      try {
        while (!stopping.signal.aborted && (await sendNext(store)));
        options.onRecovered?.();
      } catch (error) {
        troubled = true;
        options.onTrouble(error as Error);
      }
      // A store that can be read but not written, such as on a full disk, would otherwise be asked twenty times a second.
      await rest(troubled ? undefined : await store.jobs.dueIn(queue).catch(() => undefined));
    }
    await Promise.all(onTheirWay);
  };

  /** Sends the next one, once there is room for it; false when there is none. */
  const sendNext = async (store: Store): Promise<boolean> => {
    while (onTheirWay.size >= room && !stopping.signal.aborted) {
      await within(Promise.race(onTheirWay), room < options.mostInFlow ? ONE_MORE_MILLISECONDS : POLL_MILLISECONDS);
      room = Math.min(options.mostInFlow, room + 1);
    }
    if (stopping.signal.aborted) return false;
    const emission = await options.next(store, { queue, owner, leaseSeconds });
    if (!emission) return false;
    const watch = node.inFlow.watch(emission.lease);
    try {
      for await (const send of emission.messages()) {
        if (stopping.signal.aborted) break;
        send();
      }
    } finally {
      keep(store, emission, watch);
    }
    return true;
  };

  const keep = (store: Store, emission: Emission, watch: Watch): void => {
    const kept = seeThrough(store, emission, watch)
      .catch(options.onTrouble)
      .finally(() => {
        watch.end();
        onTheirWay.delete(kept);
      });
    onTheirWay.add(kept);
  };

  /** Keeps the lease while nodes are at work on the run, until it is settled, stands still, or the emitter is stopped. */
  const seeThrough = async (store: Store, { lease, why }: Emission, watch: Watch): Promise<void> => {
    let still = 0;
    let passage: Passage | undefined;
    const settled = watch.settled.then(() => 'settled' as const);
    while (still < 3 && !stopping.signal.aborted) {
      const came = await within(Promise.race([settled, watch.passed]), (leaseSeconds * 1000) / 3);
      if (came === 'settled') return;
      passage = came;
      if (passage) break;
      still = watch.moved() ? 0 : still + 1;
      // Ours until we give it back: that it stood still is counted, that its lease ran out would not be.
      try {
        await store.jobs.heartbeat(lease, leaseSeconds);
      } catch (error) {
        // It went on without us: released by another instance, or taken over.
        if (isStale(error)) return;
        options.onTrouble(error as Error);
      }
    }
    try {
      if (passage === 'taken-over') return await store.jobs.settle(lease);
      if (stopping.signal.aborted) return await store.jobs.retry(lease, { delayMs: 0, countAttempt: false });
      const error = passage?.message ?? (await why()) ?? STOOD_STILL;
      // Odoo that is away is no fault of the event's.
      const tries = { attempt: 1, maxAttempts: Number.POSITIVE_INFINITY, claims: lease.token };
      await store.jobs.retry(lease, {
        error,
        delayMs: backoff(lease.token),
        countAttempt: verdict(passage, tries).countAttempt,
      });
    } catch (error) {
      if (!isStale(error)) throw error;
    }
  };

  /** What it comes to within the time; undefined when nothing came, or the emitter is stopped. */
  const within = async <T>(coming: Promise<T>, milliseconds: number): Promise<T | undefined> => {
    const over = new AbortController();
    const signal = AbortSignal.any([stopping.signal, over.signal]);
    const waited = sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    try {
      return await Promise.race([coming, waited]);
    } finally {
      over.abort();
    }
  };

  /** Waits until one is due, or until a nudge. */
  const rest = async (due: number | undefined): Promise<void> => {
    const wait = Math.max(50, Math.min(POLL_MILLISECONDS, due ?? POLL_MILLISECONDS));
    await sleep(wait, undefined, { signal: AbortSignal.any([stopping.signal, resting.signal]) }).catch(() => undefined);
  };

  const nudge = () => resting.abort();
  const unlisten = node.inFlow.onRelease(nudge);
  const running = loop().catch(options.onTrouble);
  node.keepFor(running);
  return {
    nudge,
    async stop() {
      unlisten();
      stopping.abort();
      await running;
    },
  };
}

function isStale(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'stale-lease';
}
