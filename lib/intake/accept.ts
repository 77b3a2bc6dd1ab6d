import type { Readable } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import type { FlowRecord } from '../canonical/marks.ts';
import type { Store } from '../store/open.ts';
import type { RunSummary } from '../store/summary.ts';
import { IntakeError } from './errors.ts';
import { readRows } from './rows.ts';

export type AcceptOptions = {
  readonly interface: string;
  /** File, address or topic that it came from. */
  readonly source: string;
  readonly requester?: string | undefined;
  readonly contentType?: string | undefined;
  readonly columns?: readonly string[];
  readonly maxBytes: number;
  /** The queue from which the run is emitted. */
  readonly queue: string;
  readonly maxAttempts: number;
  /** What comes again under the same key is the run that was accepted under it. */
  readonly key?: string | undefined;
};

/**
 * Takes in a body and accepts it as a run: when this returns, every line is on disk. A body is accepted whole or not at
 * all. Throws IntakeError for a body that is not taken, StoreError when the store refuses.
 */
export async function acceptRun(
  store: Store,
  body: Readable | string | Buffer | readonly FlowRecord[],
  options: AcceptOptions,
): Promise<RunSummary> {
  const run = { id: uuidv7(), interface: options.interface, source: options.source, requester: options.requester };
  const text = Array.isArray(body) ? JSON.stringify(body) : (body as Readable | string | Buffer);
  const { batches, hash } = readRows(text, {
    ...options,
    contentType: Array.isArray(body) ? 'application/json' : options.contentType,
  });
  const accepted = options.key && (await store.runs.acceptedUnder(options.queue, options.key));
  if (accepted) return accepted;
  await store.runs.begin(run);
  try {
    let lines = 0;
    let part = 0;
    for await (const rows of batches) {
      await store.runs.addPart(run.id, part++, rows);
      lines += rows.length;
    }
    if (lines === 0) throw new IntakeError('empty', 'The body has a header but no lines.');
    const { queue, maxAttempts, key } = options;
    return await store.runs.accept(run, { lines, contentHash: hash(), queue, maxAttempts, key });
  } catch (error) {
    await store.runs.discard(run.id).catch(() => undefined);
    throw error;
  }
}
