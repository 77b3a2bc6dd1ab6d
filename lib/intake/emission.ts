import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FlowRecord, LINE } from '../canonical/marks.ts';
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
  /** How many parts there are; of lines that are given again, only the last one knows. */
  readonly count: number | undefined;
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
    const { interface: name, parts, lines } = job.payload as { interface: string; parts: number; lines?: readonly number[] };
    const { run, lease } = job;
    const part = { run, key: lines ? job.key : await store.runs.key(run), interface: name, lease };
    return { run, lease, parts: () => (lines ? emitSome(store, part, parts, new Set(lines)) : emit(store, part, parts)) };
  }
}

type PartHead = Omit<RunPart, 'index' | 'count' | 'rows'>;

async function* emit(store: Store, head: PartHead, count: number): AsyncGenerator<RunPart> {
  for (let index = 0; index < count; index++) {
    const rows = (await store.runs.part(head.run, index)) as FlowRecord[];
    yield { ...head, index, count, rows };
    // The nodes behind get their turn before the next part is parsed.
    await nextTurn();
  }
}

/** The rows of these lines only; the last message says how many there were. */
async function* emitSome(store: Store, head: PartHead, parts: number, lines: ReadonlySet<number>): AsyncGenerator<RunPart> {
  let index = 0;
  let rows: FlowRecord[] = [];
  for (let part = 0; part < parts; part++) {
    const read = (await store.runs.part(head.run, part)) as FlowRecord[];
    const found = read.filter((row) => lines.has(row[LINE] ?? -1));
    if (rows.length > 0 && found.length > 0) yield { ...head, index: index++, count: undefined, rows };
    if (found.length > 0) rows = found;
    await nextTurn();
  }
  yield { ...head, index, count: index + 1, rows };
}
