import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { appendAudit } from './audit.ts';
import { confirmLines } from './confirmed-lines.ts';
import { chunks, type Dialect, type Held, heldJob, lockedRun, type StoreContext, type Tx } from './context.ts';
import { sum } from './decimal.ts';
import { type Cause, causesOfRunAlone, endCauses, idleCauses, lockCauses } from './desk/causes.ts';
import { insertJobs, packJob } from './insert-jobs.ts';
import { ofFingerprints } from './of-fingerprints.ts';
import { replayRun } from './replay-run.ts';
import { putTotal, runTotals } from './run-totals.ts';
import type { ExceptionState, RunState } from './schema.ts';
import type { Stage } from './totals.ts';

/** What came of asking for a run's held lines to be given to the flow again. */
export type Redriven = { readonly lines: number } | { readonly replayed: true } | { readonly refused: string };

/** Whose lines: those of these causes, or all; `who` asked for it, and why, as the audit and the exceptions tell. */
export type Redriving = {
  readonly who: string;
  readonly why: string;
  readonly fingerprints?: readonly string[];
  /** Whether `who` is a person who lets lines go on that were held only to be confirmed. */
  readonly confirms?: boolean;
  /** What mended a cause, by its fingerprint, where that says more than `why`. */
  readonly mended?: ReadonlyMap<string, string>;
};

const ENDED_WELL: readonly RunState[] = ['applied', 'applied-with-exceptions'];
const TO_BE_MENDED: readonly ExceptionState[] = ['open', 'acknowledged', 'waiting'];

/** What a re-drive may bring further: what was held, and what no mapping took. */
const GIVEN_AGAIN = sql<boolean>`(disposition = 'held' and stage in ('mapping', 'validation') or disposition = 'rejected' and reason = 'UNMAPPED' and stage = 'mapping')`;

/** The part under which a re-drive's figures are counted begins so; there may be several of a run. */
export const partOf = (key: string, part: string): string => `${key}/${part}`;

/**
 * Gives a run's held lines of some causes, and those that no mapping took, to the flow again, under the same run, in one
 * transaction: their exceptions are resolved, and their causes where no other run waits for them; what was counted for them is
 * taken back, and a job emits just these lines. A run that keeps no version, or whose mapping makes more or fewer lines of its
 * rows, is replayed whole: its lines cannot be told apart. Refused while the run is under way, where a newer run of its
 * interface has reached Odoo, for that one's own exceptions count, and where what the lines would add to was rolled back.
 */
export async function redriveRun(context: StoreContext, keyDays: number, run: string, asked: Redriving): Promise<Redriven> {
  const { db, dialect } = context;
  const answer = await db.transaction().execute(async (tx): Promise<Redriven | 'whole'> => {
    const row = await lockedRun(tx, dialect, run);
    if (!row || row.state === 'receiving') return { refused: `There is no run ${run.slice(0, 100)}.` };
    if (!ENDED_WELL.includes(row.state))
      return { refused: `Run ${run} is ${row.state.replaceAll('-', ' ')}: its lines cannot be given again now.` };
    const newer = await tx
      .selectFrom('runs')
      .select('id')
      .where('interface', '=', row.interface)
      .where('created_at', '>', row.created_at)
      .where('state', 'in', ENDED_WELL)
      .limit(1)
      .executeTakeFirst();
    if (newer) return { refused: `Run ${newer.id} is newer and has reached Odoo: its own exceptions count.` };
    if (await wasRolledBack(tx, row.version))
      return {
        refused: `Version ${row.version} of run ${run} was rolled back: no lines are added to it. Send the forecast again.`,
      };
    const total = await runTotals(tx, run);
    if (row.version === null || total('expanded').lines !== 0) return 'whole';

    const query = tx
      .selectFrom('exceptions')
      .select(['id', 'line', 'stage', 'disposition', 'quantity', 'cause', 'fingerprint'])
      .where('run', '=', run)
      .where(GIVEN_AGAIN)
      .where('state', 'in', TO_BE_MENDED)
      .where('line', 'is not', null);
    const found = [];
    for (const some of ofFingerprints(query, asked.fingerprints)) found.push(await some.execute());
    const held = found.flat();
    const lines = [...new Set(held.map(({ line }) => Number(line)))].sort((one, other) => one - other);
    if (lines.length === 0) return { refused: `Run ${run} has no held lines of these causes.` };

    // Not counted: retention takes earlier ones away, and what they counted stays.
    const key = `${run}/redrive-${uuidv7()}`;
    const intake = await tx
      .selectFrom('jobs')
      .select(['queue', 'max_attempts'])
      .where('run', '=', run)
      .where('kind', '=', 'intake')
      .executeTakeFirst();
    if (!intake) return { refused: `Run ${run} is older than what the store keeps: its lines are gone. Send its file again.` };

    await lockCauses(
      tx,
      dialect,
      held.map(({ fingerprint }) => fingerprint),
    );
    const confirmed = asked.confirms ? await confirmLines(tx, dialect, run, TO_BE_MENDED, asked) : [];
    const now = Date.now();
    for (const some of chunks(held)) {
      await tx
        .updateTable('exceptions')
        // Held again for the same cause, a line is a new exception.
        .set({ state: 'resolved', subject: sql`subject || ${`/${key}`}`, updated_at: now })
        .where(
          'id',
          'in',
          some.map(({ id }) => id),
        )
        .execute();
      await nextTurn();
    }
    await resolveCauses(
      tx,
      dialect,
      held.map(({ cause }) => cause),
      asked,
    );
    for (const [counted, some] of Map.groupBy(held, ({ disposition, stage }) => `${disposition}/${stage}` as Stage)) {
      const gone = { lines: -some.length, quantity: negative(sum(some.map(({ quantity }) => quantity ?? '0'))), records: 0 };
      await putTotal(tx, run, counted, partOf(key, 'taken'), gone);
      if (counted === 'held/validation') await putTotal(tx, run, 'validated', partOf(key, 'taken'), gone);
    }
    const payload = { interface: row.interface, parts: row.parts, lines, confirmed };
    const { queue, max_attempts: maxAttempts } = intake;
    const job = await packJob({ queue, kind: 'redrive', key, run, payload, maxAttempts });
    const there = await insertJobs(tx, [job], 'pending', keyDays);
    if (there.length > 0) throw new Error(`the queue ${queue} has a job ${key} already`);
    await tx.updateTable('runs').set({ state: 'received', handed_over: 0, updated_at: now }).where('id', '=', run).execute();
    const detail = { lines: lines.length, why: asked.why, fingerprints: asked.fingerprints };
    await appendAudit(tx, dialect, { who: asked.who, what: 'run.redriven', subject: run, run, detail });
    return { lines: lines.length };
  });
  if (answer !== 'whole') return answer;
  const along = async (tx: Tx) => {
    await resolveNamed(tx, dialect, run, asked);
    if (asked.confirms) await confirmLines(tx, dialect, run, TO_BE_MENDED, asked);
  };
  const replayed = await replayRun(context, run, asked.who, along);
  if (!replayed) return { refused: `There is no run ${run.slice(0, 100)}.` };
  return 'refused' in replayed ? replayed : { replayed: true };
}

async function wasRolledBack(tx: Tx, version: string | null): Promise<boolean> {
  const row = await tx
    .selectFrom('versions')
    .select('state')
    .where('id', '=', version ?? '')
    .executeTakeFirst();
  return row?.state === 'rolled-back';
}

/** Resolves causes that have no open line left, each in the words that were given for it. */
async function resolveCauses(tx: Tx, dialect: Dialect, causes: readonly (string | null)[], asked: Redriving): Promise<void> {
  const ids = [...new Set(causes)].filter((cause) => cause !== null);
  await resolve(tx, dialect, await idleCauses(tx, ids), asked);
}

/** Resolves the causes that were named, as far as only this run waits for them: it is given again whole, and its lines go anew. */
async function resolveNamed(tx: Tx, dialect: Dialect, run: string, asked: Redriving): Promise<void> {
  if (!asked.fingerprints) return;
  await lockCauses(tx, dialect, asked.fingerprints);
  await resolve(tx, dialect, await causesOfRunAlone(tx, run, asked.fingerprints), asked);
}

async function resolve(
  tx: Tx,
  dialect: Dialect,
  causes: readonly Pick<Cause, 'id' | 'fingerprint'>[],
  { who, why, mended }: Redriving,
): Promise<void> {
  const byComment = Map.groupBy(causes, ({ fingerprint }) => mended?.get(fingerprint) ?? why);
  for (const [comment, some] of byComment) {
    const ids = some.map(({ id }) => id);
    await endCauses(tx, dialect, ids, { state: 'resolved', who, comment });
  }
}

/** Clears what an earlier emission of a re-drive left: what it counted, staged, and raised. */
export async function restartRedrive({ db, dialect }: StoreContext, lease: Held): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { run, key, created_at: since } = await heldJob(tx, dialect, lease);
    if (!run) return;
    await tx
      .deleteFrom('run_totals')
      .where('run', '=', run)
      .where('part', 'like', `${key}/%`)
      .where('part', '!=', partOf(key, 'taken'))
      .execute();
    await tx.deleteFrom('jobs').where('run', '=', run).where('state', '=', sql.lit('staged')).execute();
    await tx.deleteFrom('exceptions').where('run', '=', run).where('created_at', '>=', since).execute();
    await tx.updateTable('runs').set({ handed_over: 0, error: null }).where('id', '=', run).execute();
  });
}

const negative = (quantity: string): string => (quantity.startsWith('-') ? quantity.slice(1) : `-${quantity}`);

/** The prefix of the parts that a job counts: a re-drive's stand beside those of the run's first way. */
export function countedAs(job: { readonly kind: string; readonly key: string }, part: string): string {
  return job.kind === 'redrive' ? partOf(job.key, part) : part;
}
