import type { Kysely } from 'kysely';
import type { Tx } from './context.ts';
import type { Tables } from './schema.ts';
import { type Stage, totalsOf } from './totals.ts';

/** Notes what was counted for a part of a run; counted again, it takes the place of what was there. */
export async function putTotal(
  tx: Tx,
  run: string,
  stage: Stage,
  part: string,
  total: { lines: number; quantity: string; records: number },
): Promise<void> {
  await tx
    .insertInto('run_totals')
    .values({ run, stage, part, ...total })
    .onConflict((conflict) => conflict.columns(['run', 'stage', 'part']).doUpdateSet(total))
    .execute();
}

/** Takes away what an emission of the run counted and staged. */
export async function clearCounts(tx: Tx, run: string): Promise<void> {
  await tx.deleteFrom('run_totals').where('run', '=', run).execute();
  await tx.deleteFrom('jobs').where('run', '=', run).where('state', '=', 'staged').execute();
  await tx.updateTable('runs').set({ handed_over: 0, mappings: null, rules: null, error: null }).where('id', '=', run).execute();
}

/** The totals of a run. */
export async function runTotals(db: Kysely<Tables>, run: string) {
  return totalsOf(await db.selectFrom('run_totals').selectAll().where('run', '=', run).execute());
}
