import { type Dialect, lockedRun, type Tx } from './context.ts';
import { runTotals } from './run-totals.ts';
import { endRelease } from './versions/release.ts';

/**
 * Closes a run that is being applied once nothing of it is left to do, and the release of its version with it. The run is
 * locked first: of two jobs that end at the same time, the second one sees that the first has ended.
 */
export async function closeRun(tx: Tx, dialect: Dialect, run: string): Promise<void> {
  if ((await lockedRun(tx, dialect, run))?.state !== 'applying') return;
  const open = await tx
    .selectFrom('jobs')
    .select('id')
    .where('run', '=', run)
    .where('state', 'in', ['staged', 'pending', 'running'])
    .limit(1)
    .executeTakeFirst();
  if (open) return;
  const total = await runTotals(tx, run);
  const exceptions = total('held/mapping', 'held/validation', 'rejected/mapping', 'rejected/validation', 'dead', 'refused').lines;
  await tx
    .updateTable('runs')
    .set({ state: exceptions > 0 ? 'applied-with-exceptions' : 'applied', error: null, updated_at: Date.now() })
    .where('id', '=', run)
    .execute();
  await endRelease(tx, dialect, run);
}
