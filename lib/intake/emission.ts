import { setImmediate as nextTurn } from 'node:timers/promises';
import { CONFIRMED, type FlowRecord, LINE } from '../canonical/marks.ts';
import { cutOffTooOften } from '../delivery/verdict.ts';
import type { ConfirmedLines } from '../store/confirmed-lines.ts';
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
    const { interface: name, parts, lines, confirmed = [] } = job.payload as Payload;
    const { run, lease } = job;
    const part = { run, key: lines ? job.key : await store.runs.key(run), interface: name, lease };
    const given = lines ? emitSome(store, part, parts, new Set(lines)) : emit(store, part, parts);
    return { run, lease, parts: () => (confirmed.length > 0 ? marked(given, confirmed) : given) };
  }
}

type Payload = {
  readonly interface: string;
  readonly parts: number;
  /** Of lines that are given again: these and no others. */
  readonly lines?: readonly number[];
  readonly confirmed?: readonly ConfirmedLines[];
};

/** The rows of lines that somebody let go on say who did. */
async function* marked(parts: AsyncIterable<RunPart>, confirmed: readonly ConfirmedLines[]): AsyncGenerator<RunPart> {
  const by = new Map(confirmed.flatMap(({ who, lines }) => lines.map((line) => [line, who] as const)));
  const confirming = (row: FlowRecord): FlowRecord => {
    const who = by.get(row[LINE] ?? -1);
    return who === undefined ? row : { ...row, [CONFIRMED]: who };
  };
  for await (const part of parts) yield { ...part, rows: part.rows.map(confirming) };
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
