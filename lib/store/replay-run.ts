import type { Selectable } from 'kysely';
import { appendAudit } from './audit.ts';
import { lockedRun, type StoreContext, type Tx } from './context.ts';
import { afresh } from './jobs.ts';
import { clearCounts } from './run-totals.ts';
import { ENDED, REACHED_ODOO, type RunsTable } from './schema.ts';
import { type RunSummary, summaryOf } from './summary.ts';
import { forgetDayOfPartlyRefused } from './versions/partly-refused.ts';

/** What came of asking for a run again: how it stands now, or why it cannot be had. */
export type Replayed =
  | {
      readonly summary: RunSummary;
      /** Runs of the same interface that came later and have reached Odoo, the newest first: the replay goes over what they wrote. */
      readonly newer: readonly string[];
    }
  | { readonly refused: string };

const MOST_NEWER = 100;
const SUPERSEDED = 'The run was replayed.';

/**
 * Gives a run that has ended to the flow again, from its raw lines, in one transaction: it is received anew, under a key
 * of its own, and what was counted for it is cleared; its exceptions go when it is emitted. Its dead letters are
 * discarded, for the replay takes their place. `who` asked for it, as the audit names it; `along` is done with it. Undefined where there is no such run.
 */
export function replayRun(
  { db, dialect }: StoreContext,
  run: string,
  who: string,
  along?: (tx: Tx) => Promise<unknown>,
): Promise<Replayed | undefined> {
  return db.transaction().execute(async (tx) => {
    const query = tx
      .selectFrom('jobs')
      .select(['id', 'kind'])
      .where('run', '=', run)
      .where((eb) => eb.or([eb('kind', '=', 'intake'), eb('state', '=', 'dead')]))
      .orderBy('id');
    const jobs = await (dialect === 'postgres' ? query.forUpdate() : query).execute();
    const row = await lockedRun(tx, dialect, run);
    if (!row || row.state === 'receiving') return undefined;
    if (!ENDED.includes(row.state)) return { refused: `Run ${run} is under way (${row.state}). Replay it once it has ended.` };
    const intake = jobs.find(({ kind }) => kind === 'intake');
    if (!intake || !(await hasItsLines(tx, row)))
      return { refused: `Run ${run} is older than what the store keeps: its lines are gone. Send its file again.` };

    const now = Date.now();
    const replays = row.replays + 1;
    await forgetDayOfPartlyRefused(tx, run);
    await clearCounts(tx, run);
    const superseded = { state: 'discarded' as const, result: JSON.stringify({ comment: SUPERSEDED }), updated_at: now };
    const { numUpdatedRows: discarded } = await tx
      .updateTable('jobs')
      .set(superseded)
      .where('run', '=', run)
      .where('state', '=', 'dead')
      .where('id', '!=', intake.id)
      .executeTakeFirstOrThrow();
    // Whoever asks for it now wants what it says, whatever came later.
    await tx
      .updateTable('jobs')
      .set({ ...afresh(now), created_at: now })
      .where('id', '=', intake.id)
      .execute();
    await tx
      .updateTable('runs')
      .set({ state: 'received', version: null, replays, updated_at: now })
      .where('id', '=', run)
      .execute();
    await along?.(tx);
    const detail = { before: row.state, replays, discarded: Number(discarded) };
    await appendAudit(tx, dialect, { who, what: 'run.replayed', subject: run, run, detail });
    const summary = await summaryOf({ db: tx, dialect }, run);
    if (!summary) throw new Error(`run ${run} is gone`);
    return { summary, newer: await newerThan(tx, row) };
  });
}

/** Whether none of the run's lines has been swept away. */
async function hasItsLines(tx: Tx, { id, parts }: Selectable<RunsTable>): Promise<boolean> {
  const { kept } = await tx
    .selectFrom('run_parts')
    .select(({ fn }) => fn.countAll().as('kept'))
    .where('run', '=', id)
    .executeTakeFirstOrThrow();
  return Number(kept) === parts;
}

async function newerThan(tx: Tx, run: Selectable<RunsTable>): Promise<string[]> {
  const rows = await tx
    .selectFrom('runs')
    .select('id')
    .where('interface', '=', run.interface)
    .where('created_at', '>', run.created_at)
    .where('state', 'in', REACHED_ODOO)
    .orderBy('created_at', 'desc')
    .limit(MOST_NEWER)
    .execute();
  return rows.map(({ id }) => id);
}
