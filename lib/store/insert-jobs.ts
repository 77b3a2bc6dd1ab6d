import { v7 as uuidv7 } from 'uuid';
import { chunks, type Tx } from './context.ts';
import { type PackedPayload, packPayload, unpackPayload } from './payload.ts';
import type { JobState } from './schema.ts';

export type NewJob = {
  readonly queue: string;
  /** What kind of work it is; the worker of the queue knows it. */
  readonly kind: string;
  /** Made from business identity: the same work never stands twice in a queue. */
  readonly key: string;
  readonly payload: unknown;
  readonly run?: string | undefined;
  /** Higher is earlier; `EVENT_PRIORITY` or 0. */
  readonly priority?: number;
  readonly maxAttempts: number;
  /** Fields of the payload that do not make it other content where the key comes again. */
  readonly aside?: readonly string[];
};

/** Kinds of jobs that give a run's lines to the flow; its other jobs write. A run whose job of these is given up has failed. */
export const GIVES_TO_THE_FLOW: readonly string[] = ['intake', 'release', 'redrive'];

const DAY = 86_400_000;

export type PackedJob = NewJob & { readonly packed: PackedPayload };

/** The job with its payload as the store keeps it. */
export async function packJob<Job extends NewJob>(job: Job): Promise<Job & PackedJob> {
  return { ...job, packed: await packPayload(job.payload) };
}

/**
 * Inserts jobs in a state; a key that is there already is left as it is, and its job is answered. `since` is their place in
 * time (ms since 1970): that of the job which they were made from.
 */
export async function insertJobs(
  tx: Tx,
  jobs: readonly PackedJob[],
  state: JobState,
  keyDays: number,
  since = Date.now(),
): Promise<readonly PackedJob[]> {
  const now = Date.now();
  const there: PackedJob[] = [];
  const made = jobs.map((job) => ({
    job,
    body: job.packed.text,
    row: {
      id: uuidv7(),
      queue: job.queue,
      kind: job.kind,
      run: job.run ?? null,
      key: job.key,
      key_expires_at: now + keyDays * DAY,
      content_hash: job.packed.hash,
      state,
      priority: job.priority ?? 0,
      result: null,
      error: null,
      attempts: 0,
      cut_off: 0,
      max_attempts: job.maxAttempts,
      next_attempt_at: now,
      token: 0,
      lease_owner: null,
      lease_until: null,
      parent: null,
      fingerprint: null,
      created_at: since,
      updated_at: now,
    },
  }));
  for (const chunk of chunks(made)) {
    const inserted = await tx
      .insertInto('jobs')
      .values(chunk.map(({ row }) => row))
      .onConflict((conflict) => conflict.columns(['queue', 'key']).doNothing())
      .returning('id')
      .execute();
    const ids = new Set(inserted.map(({ id }) => id));
    const payloads = chunk.flatMap(({ row, body }) => (ids.has(row.id) ? [{ job: row.id, body }] : []));
    if (payloads.length > 0) await tx.insertInto('job_payloads').values(payloads).execute();
    there.push(...chunk.flatMap(({ row, job }) => (ids.has(row.id) ? [] : [job])));
  }
  return there;
}

/** Keys of the jobs that the queue has under the same key with other content. */
export async function conflicts(tx: Tx, jobs: readonly PackedJob[]): Promise<readonly string[]> {
  const differing: string[] = [];
  for (const { queue, key, packed, payload, aside } of jobs) {
    const held = await tx
      .selectFrom('jobs')
      .innerJoin('job_payloads', 'job_payloads.job', 'jobs.id')
      .select(['content_hash', 'body'])
      .where('queue', '=', queue)
      .where('key', '=', key)
      .executeTakeFirst();
    if (!held || held.content_hash === packed.hash) continue;
    if (aside && (await contentHash(await unpackPayload(held.body), aside)) === (await contentHash(payload, aside))) continue;
    differing.push(key);
  }
  return differing;
}

/** The hash of a payload without what does not make it other content. */
async function contentHash(payload: unknown, aside: readonly string[]): Promise<string> {
  const content = Object.entries(payload ?? {}).filter(([name]) => !aside.includes(name));
  return (await packPayload(Object.fromEntries(content))).hash;
}
