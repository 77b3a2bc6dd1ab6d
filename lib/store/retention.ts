import type { StoreContext } from './context.ts';

const DAY = 86_400_000;
const ENDED = ['applied', 'applied-with-exceptions', 'refused', 'failed'] as const;

/**
 * Takes away what has been kept long enough: the raw lines of ended runs and finished jobs. Runs, their totals, their
 * exceptions, dead letters and the audit stay.
 */
export async function sweep({ db }: StoreContext, keepDays: number): Promise<void> {
  const before = Date.now() - keepDays * DAY;
  await db
    .deleteFrom('runs')
    .where('state', '=', 'receiving')
    .where('updated_at', '<', Date.now() - DAY)
    .execute();
  const ended = db.selectFrom('runs').select('id').where('state', 'in', ENDED).where('updated_at', '<', before);
  await db.deleteFrom('run_parts').where('run', 'in', ended).execute();
  await db
    .deleteFrom('jobs')
    .where('state', '=', 'done')
    .where('updated_at', '<', before)
    .where('key_expires_at', '<', Date.now())
    .execute();
}
