import type { Tx } from '../context.ts';
import { runTotals } from '../run-totals.ts';

/**
 * Forgets the release day of a run's released version of which Odoo did not take all: it must not pass for standing in Odoo
 * as it is, or what was refused would not be written again. Only the run's counts tell of it: call it before they are taken away.
 */
export async function forgetDayOfPartlyRefused(tx: Tx, run: string): Promise<void> {
  if ((await runTotals(tx, run))('dead', 'refused').lines === 0) return;
  await tx.updateTable('versions').set({ released_on: null }).where('run', '=', run).where('state', '=', 'released').execute();
}
