import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FlowRecord } from '../canonical/marks.ts';
import { cutOffTooOften } from '../delivery/verdict.ts';
import type { Held } from '../store/context.ts';
import type { Store } from '../store/open.ts';

/** One part of a run on its way into the flow. */
export type RunPart = {
  readonly run: string;
  /** What the run's work is keyed by. */
  readonly key: string;
  readonly interface: string;
  readonly index: number;
  readonly count: number;
  readonly rows: readonly FlowRecord[];
  readonly lease: Held;
};

export type EmissionOptions = { readonly queue: string; readonly owner: string; readonly leaseSeconds: number };

/** A claimed run, and its parts in order. */
export type EmittedRun = { readonly run: string; readonly lease: Held; parts(): AsyncGenerator<RunPart> };

/**
 * Claims the next accepted run; undefined when there is none. What an earlier emission left
 * is cleared first. The run stays claimed until the flow has released it; a lease that runs out brings it here again.
 * A run whose attempts are used up is buried, and fails with the reason.
 */
export async function nextRun(store: Store, { queue, owner, leaseSeconds }: EmissionOptions): Promise<EmittedRun | undefined> {
  for (;;) {
    const [job] = await store.jobs.claim(queue, { owner, leaseSeconds, limit: 1 });
    if (!job?.run) return undefined;
    const cutOff = cutOffTooOften(job);
    if (cutOff || job.attempt > job.maxAttempts) {
      const text =
        cutOff?.message ??
        `The run was given to the flow ${job.maxAttempts} times, and none of its nodes settled it. Check that the flow leads to odoo-write, and its exceptions to exception-route.`;
      await store.jobs.bury(job.lease, text);
      continue;
    }
    if (job.lease.token > 1) await store.runs.restart(job.lease);
    const { interface: name, parts } = job.payload as { interface: string; parts: number };
    const { run, lease } = job;
    const part = { run, key: await store.runs.key(run), interface: name, count: parts, lease };
    return { run, lease, parts: () => emit(store, part) };
  }
}

async function* emit(store: Store, part: Omit<RunPart, 'index' | 'rows'>): AsyncGenerator<RunPart> {
  for (let index = 0; index < part.count; index++) {
    const rows = (await store.runs.part(part.run, index)) as FlowRecord[];
    yield { ...part, index, rows };
    // The nodes behind get their turn before the next part is parsed.
    await nextTurn();
  }
}
