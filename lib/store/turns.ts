import { type RawBuilder, sql } from 'kysely';
import type { StoreContext } from './context.ts';

/** Turns at what one instance of several on a store does at a time. */
export type Turns = ReturnType<typeof turnsOf>;

export function turnsOf({ db, dialect }: StoreContext) {
  // The store's own clock, for those of the instances differ.
  const now = (): RawBuilder<number> =>
    dialect === 'postgres' ? sql`(extract(epoch from clock_timestamp()) * 1000)::bigint` : sql`${Date.now()}`;

  return {
    /**
     * Takes the turn at `name` for so many seconds: true for exactly one owner until they are over. The one that has it
     * may take it again before, and has it for as long anew; the others get it when it lets them pass.
     */
    async take(name: string, windowSeconds: number, owner: string): Promise<boolean> {
      const values = { owner, ends_at: sql<number>`${now()} + ${Math.round(windowSeconds * 1000)}` };
      const taken = await db
        .insertInto('turns')
        .values({ name, ...values })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet(values)
            .where((eb) => eb.or([eb('turns.owner', '=', owner), eb('turns.ends_at', '<=', now())])),
        )
        .returning('name')
        .executeTakeFirst();
      return taken !== undefined;
    },
  };
}
