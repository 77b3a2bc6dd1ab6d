import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../../lib/delivery/backoff.ts';
import { nextRun, type RunPart } from '../../lib/intake/emission.ts';
import { openPatiently } from '../../lib/node/open-patiently.ts';
import type { Watch } from '../../lib/node/runs-in-flow.ts';
import type { SyncStoreNode } from '../../lib/node/types.ts';
import { StoreError } from '../../lib/store/errors.ts';
import type { Store } from '../../lib/store/open.ts';

export type EmitterOptions = {
  readonly store: Pick<SyncStoreNode, 'open' | 'inFlow' | 'keepFor'>;
  readonly queue: string;
  readonly leaseSeconds: number;
  readonly emit: (part: RunPart) => void;
  /** The store does not answer; the emitter goes on trying. */
  readonly onTrouble: (error: Error) => void;
  readonly onRecovered?: () => void;
};

export type Emitter = { nudge(): void; stop(): Promise<void> };

type Emitted = Pick<RunPart, 'run' | 'lease'> & { readonly watch: Watch };

const POLL_MILLISECONDS = 5_000;
const STOOD_STILL =
  'The run stood still in the flow. Check that every node on its way leads on, to odoo-write, and each exception output to exception-route.';

/** Runs that are on their way at a time: a morning's forecasts must not all stand in memory. */
const MOST_IN_FLOW = 4;

/**
 * Sends accepted runs into the flow, in order, until it is stopped. A run keeps its lease as long as some node is at work
 * on it; one that stands still for `leaseSeconds` is given back, to come again later.
 */
export function startEmitter(options: EmitterOptions): Emitter {
  const { store: node, queue, leaseSeconds, emit } = options;
  const owner = `${hostname()}:${process.pid}`;
  const stopping = new AbortController();
  const onTheirWay = new Set<Promise<void>>();
  let resting = new AbortController();

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

  /** Sends the next run, once there is room for it; false when there is none. */
  const sendNext = async (store: Store): Promise<boolean> => {
    if (onTheirWay.size >= MOST_IN_FLOW) await Promise.race(onTheirWay);
    const run = await nextRun(store, { queue, owner, leaseSeconds });
    if (!run) return false;
    let emitted: Emitted | undefined;
    try {
      for await (const part of run) {
        emitted ??= { run: part.run, lease: part.lease, watch: node.inFlow.watch(part.lease) };
        if (stopping.signal.aborted) break;
        emit(part);
      }
    } finally {
      if (emitted) keep(store, emitted);
    }
    return true;
  };

  const keep = (store: Store, emitted: Emitted): void => {
    const kept = seeThrough(store, emitted)
      .catch(options.onTrouble)
      .finally(() => {
        emitted.watch.end();
        onTheirWay.delete(kept);
      });
    onTheirWay.add(kept);
  };

  /** Keeps the lease while nodes are at work on the run, until it is settled, stands still, or the emitter is stopped. */
  const seeThrough = async (store: Store, { run, lease, watch }: Emitted): Promise<void> => {
    let still = 0;
    while (still < 3 && !stopping.signal.aborted) {
      const settled = await within(watch.settled, (leaseSeconds * 1000) / 3);
      if (settled) return;
      still = watch.moved() ? 0 : still + 1;
      if (still > 0) continue;
      try {
        await store.jobs.heartbeat(lease, leaseSeconds);
      } catch (error) {
        // It went on without us: released by another instance, or taken over.
        if (isStale(error)) return;
        options.onTrouble(error as Error);
      }
    }
    try {
      if (stopping.signal.aborted) return await store.jobs.retry(lease, { delayMs: 0, countAttempt: false });
      // Totals that do not add up say more than that it stood still.
      const error = (await store.runs.summary(run))?.error ?? STOOD_STILL;
      await store.jobs.retry(lease, { error, delayMs: backoff(lease.token), countAttempt: true });
    } catch (error) {
      if (!isStale(error)) throw error;
    }
  };

  /** Whether it settled within the time; false as well when the emitter is stopped. */
  const within = async (settled: Promise<void>, milliseconds: number): Promise<boolean> => {
    const over = new AbortController();
    const signal = AbortSignal.any([stopping.signal, over.signal]);
    const waited = sleep(milliseconds, false, { signal }).catch(() => false);
    try {
      return await Promise.race([settled.then(() => true), waited]);
    } finally {
      over.abort();
    }
  };

  /** Waits until a run is due, or until a nudge. */
  const rest = async (due: number | undefined): Promise<void> => {
    const wait = Math.max(50, Math.min(POLL_MILLISECONDS, due ?? POLL_MILLISECONDS));
    await sleep(wait, undefined, { signal: AbortSignal.any([stopping.signal, resting.signal]) }).catch(() => undefined);
  };

  const running = loop().catch(options.onTrouble);
  node.keepFor(running);
  return {
    nudge: () => resting.abort(),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function isStale(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'stale-lease';
}
