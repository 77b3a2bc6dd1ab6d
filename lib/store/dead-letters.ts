import { Decimal } from 'decimal.js';
import { type Selectable, sql } from 'kysely';
import { SOURCE, type SourceMark } from '../canonical/marks.ts';
import { appendAudit } from './audit.ts';
import { lockedRun, type StoreContext, type Tx } from './context.ts';
import { afresh } from './jobs.ts';
import { packPayload, unpackPayload } from './payload.ts';
import { putTotal } from './run-totals.ts';
import type { JobsTable } from './schema.ts';

/** A job that was given up, with what it was about. */
export type DeadLetter = {
  readonly id: string;
  readonly queue: string;
  readonly kind: string;
  readonly run: string | undefined;
  /** The job that it was split from. */
  readonly parent: string | undefined;
  /** Odoo's words, or ours. */
  readonly error: string;
  readonly fingerprint: string | undefined;
  readonly attempts: number;
  /** ms since 1970. */
  readonly createdAt: number;
  readonly diedAt: number;
  readonly payload: unknown;
};

export type DeadLetterFilter = {
  readonly ids?: readonly string[];
  readonly run?: string;
  readonly queue?: string;
  readonly fingerprint?: string;
};

/** Letters that died for the same cause. */
export type DeadLetterGroup = {
  readonly fingerprint: string;
  readonly count: number;
  readonly error: string;
  readonly first: number;
  readonly last: number;
};

/** A letter that a replay of its run took the place of, with what its tries wrote down. */
export type Superseded = Pick<DeadLetter, 'id' | 'payload'> & { readonly progress: readonly unknown[] };

const MOST_LISTED = 1_000;

/** Dead letters: to be looked at, edited, replayed or discarded, each act audited with who did it. */
export type DeadLetters = ReturnType<typeof deadLettersOf>;

export function deadLettersOf({ db, dialect }: StoreContext) {
  const dead = ({ ids, run, queue, fingerprint }: DeadLetterFilter) => {
    let query = db.selectFrom('jobs').where('state', '=', sql.lit('dead'));
    if (ids) query = query.where('id', 'in', ids.length > 0 ? [...ids] : ['']);
    if (run) query = query.where('run', '=', run);
    if (queue) query = query.where('queue', '=', queue);
    if (fingerprint) query = query.where('fingerprint', '=', fingerprint);
    return query;
  };

  /** Does the work on each letter of the filter, one a transaction; answers the ids of those that it was done on. */
  const each = async (
    filter: DeadLetterFilter,
    work: (tx: Tx, job: Selectable<JobsTable>, body: string) => Promise<void>,
  ): Promise<string[]> => {
    const done: string[] = [];
    for (const { id } of await dead(filter).select('id').orderBy('id').execute())
      await db.transaction().execute(async (tx) => {
        const query = tx.selectFrom('jobs').selectAll().where('id', '=', id);
        const job = await (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
        // Somebody else may have replayed or discarded it since.
        if (job?.state !== 'dead') return;
        if (job.run) await lockedRun(tx, dialect, job.run);
        const { body } = await tx.selectFrom('job_payloads').select('body').where('job', '=', id).executeTakeFirstOrThrow();
        await work(tx, job, body);
        done.push(id);
      });
    return done;
  };

  return {
    /** The newest first. */
    async list(filter: DeadLetterFilter = {}, limit = 100): Promise<DeadLetter[]> {
      const rows = await dead(filter)
        .innerJoin('job_payloads', 'job_payloads.job', 'jobs.id')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(Math.min(limit, MOST_LISTED))
        .execute();
      const letters: DeadLetter[] = [];
      for (const row of rows)
        letters.push({
          id: row.id,
          queue: row.queue,
          kind: row.kind,
          run: row.run ?? undefined,
          parent: row.parent ?? undefined,
          error: row.error ?? '',
          fingerprint: row.fingerprint ?? undefined,
          attempts: row.attempts,
          createdAt: Number(row.created_at),
          diedAt: Number(row.updated_at),
          payload: await unpackPayload(row.body),
        });
      return letters;
    },

    /** By what they died of, the most frequent first. */
    async groups(filter: DeadLetterFilter = {}): Promise<DeadLetterGroup[]> {
      const rows = await dead(filter)
        .select(({ fn }) => [
          'fingerprint',
          fn.countAll().as('count'),
          fn.max('error').as('error'),
          fn.min('updated_at').as('first'),
          fn.max('updated_at').as('last'),
        ])
        .groupBy('fingerprint')
        .execute();
      return rows
        .map((row) => ({
          fingerprint: row.fingerprint ?? '',
          count: Number(row.count),
          error: row.error ?? '',
          first: Number(row.first),
          last: Number(row.last),
        }))
        .sort((left, right) => right.count - left.count);
    },

    /** The runs that the letters came from, with how many each has; without a run those that came of none. */
    async runsOf(filter: DeadLetterFilter): Promise<{ readonly run: string | undefined; readonly letters: number }[]> {
      const rows = await dead(filter)
        .select(({ fn }) => ['run', fn.countAll().as('letters')])
        .groupBy('run')
        .orderBy('run')
        .execute();
      return rows.map(({ run, letters }) => ({ run: run ?? undefined, letters: Number(letters) }));
    },

    /**
     * Has the letters done again, with all their attempts; what earlier tries wrote down is kept, so that nothing that was
     * done is done twice. `record` takes the place of the one record of a single letter. Answers the ids of those replayed.
     */
    async replay(filter: DeadLetterFilter, { who, record }: { who: string; record?: object }): Promise<string[]> {
      return each(filter, async (tx, job, body) => {
        const now = Date.now();
        const before = await unpackPayload(body);
        if (job.run) await reopen(tx, job, job.run, before, now);
        const edited = record ? await packPayload(withRecord(before, record)) : undefined;
        if (edited) await tx.updateTable('job_payloads').set({ body: edited.text }).where('job', '=', job.id).execute();
        await tx
          .updateTable('jobs')
          .set({
            ...afresh(now),
            // What a person wrote now is newer than whatever came while the letter lay there.
            ...(edited ? { content_hash: edited.hash, created_at: now } : {}),
          })
          .where('id', '=', job.id)
          .execute();
        const detail = { queue: job.queue, error: job.error, ...(record ? { before: recordOf(before), after: record } : {}) };
        const what = record ? 'job.edited-and-replayed' : 'job.replayed';
        await appendAudit(tx, dialect, { who, what, subject: job.id, run: job.run ?? undefined, detail });
      });
    },

    /** Letters of a queue that a replay of their run took the place of, where what their tries wrote down still counts. */
    async superseded({ run, queue }: { run: string; queue: string }): Promise<Superseded[]> {
      const rows = await db
        .selectFrom('jobs')
        .innerJoin('job_payloads', 'job_payloads.job', 'jobs.id')
        .select(['id', 'body'])
        .where('run', '=', run)
        .where('state', '=', 'discarded')
        .where('queue', '=', queue)
        .where(({ exists, selectFrom }) =>
          exists(selectFrom('job_progress').select('piece').whereRef('job_progress.job', '=', 'jobs.id')),
        )
        .orderBy('id')
        .execute();
      const letters: Superseded[] = [];
      for (const { id, body } of rows) {
        const pieces = await db.selectFrom('job_progress').select('body').where('job', '=', id).orderBy('piece').execute();
        const progress = pieces.map((piece) => JSON.parse(piece.body) as unknown);
        letters.push({ id, payload: await unpackPayload(body), progress });
      }
      return letters;
    },

    /** Ends the letters without doing them; they stay counted as refused. Answers the ids of those discarded. */
    async discard(filter: DeadLetterFilter, { who, comment }: { who: string; comment: string }): Promise<string[]> {
      return each(filter, async (tx, job) => {
        const discarded = { state: 'discarded' as const, result: JSON.stringify({ comment }), updated_at: Date.now() };
        await tx.updateTable('jobs').set(discarded).where('id', '=', job.id).execute();
        await tx.deleteFrom('job_progress').where('job', '=', job.id).execute();
        const detail = { queue: job.queue, error: job.error, comment };
        await appendAudit(tx, dialect, { who, what: 'job.discarded', subject: job.id, run: job.run ?? undefined, detail });
      });
    },
  };
}

/** Takes what the letter stands for out of what its run counts as refused, and lets the run go on. */
async function reopen(tx: Tx, job: Selectable<JobsTable>, run: string, payload: unknown, now: number): Promise<void> {
  const state = job.kind === 'intake' || job.kind === 'redrive' ? ('received' as const) : ('applying' as const);
  await tx.updateTable('runs').set({ state, error: null, updated_at: now }).where('id', '=', run).execute();
  const part = job.parent ?? job.id;
  const counted = await tx
    .selectFrom('run_totals')
    .selectAll()
    .where('run', '=', run)
    .where('stage', '=', 'refused')
    .where('part', '=', part)
    .executeTakeFirst();
  if (!counted) return;
  const records = recordsOf(payload);
  const sources = records.map((record) => (record as { [SOURCE]?: SourceMark })[SOURCE] ?? { lines: 1, quantity: '0' });
  await putTotal(tx, run, 'refused', part, {
    lines: counted.lines - sources.reduce((total, { lines }) => total + lines, 0),
    quantity: sources.reduce((left, { quantity }) => left.minus(quantity), new Decimal(counted.quantity)).toFixed(),
    records: counted.records - records.length,
  });
}

function recordsOf(payload: unknown): readonly unknown[] {
  const { records } = (payload ?? {}) as { records?: unknown };
  return Array.isArray(records) ? records : [];
}

/** The one record that a letter is about: of a write job its record, of an event the event. */
function recordOf(payload: unknown): unknown {
  return recordsOf(payload)[0] ?? (payload as { event?: unknown }).event;
}

/** The payload about another record. The marks of the old one stay: they say which lines stand behind it. */
function withRecord(payload: unknown, record: object): unknown {
  const [old] = recordsOf(payload) as object[];
  if (!old) return { ...(payload as object), event: record };
  const marks = Object.entries(old).filter(([name]) => name.startsWith('$'));
  return { ...(payload as object), records: [{ ...record, ...Object.fromEntries(marks) }] };
}
