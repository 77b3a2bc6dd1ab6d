import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FlowRecord } from '../canonical/marks.ts';
import { cutOffTooOften } from '../delivery/verdict.ts';
import type { Held } from '../store/context.ts';
import type { Store } from '../store/open.ts';

/** One part of a run on its way into the flow. */
export type RunPart = {
  readonly run: string;
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
    return { run, lease, parts: () => emit(store, run, name, parts, lease) };
  }
}

async function* emit(store: Store, run: string, name: string, count: number, lease: Held): AsyncGenerator<RunPart> {
  for (let index = 0; index < count; index++) {
    const rows = (await store.runs.part(run, index)) as FlowRecord[];
    yield { run, interface: name, index, count, rows, lease };
    // The nodes behind get their turn before the next part is parsed.
    await nextTurn();
  }
}
