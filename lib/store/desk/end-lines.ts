import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoreContext } from '../context.ts';

/** Lines that SQLite ends within a few milliseconds. */
const AT_ONCE = 200;

/** Ends the open lines of a cause that has ended, likewise, some at a time. What is cut short goes on with the next upkeep. */
export async function endLines({ db }: StoreContext, cause: string): Promise<void> {
  const row = await db.selectFrom('causes').select('state').where('id', '=', cause).where('ending', '=', 1).executeTakeFirst();
  if (!row) return;
  const open = db.selectFrom('exceptions').select('id').where('cause', '=', cause).where('state', '=', 'open').limit(AT_ONCE);
  const ended = { state: row.state, updated_at: Date.now() };
  while ((await db.updateTable('exceptions').set(ended).where('id', 'in', open).executeTakeFirstOrThrow()).numUpdatedRows > 0n)
    await nextTurn();
  await db.updateTable('causes').set({ ending: 0 }).where('id', '=', cause).execute();
}
