import type { StoreContext } from './context.ts';
import { redactText } from './redact.ts';

/** How a server has been answering lately. */
export type BreakerRow = {
  /** Calls in a row that it did not answer. */
  readonly failures: number;
  /** Until when it is left alone (ms since 1970). */
  readonly openUntil: number;
  /** What was wrong last. */
  readonly error: string | undefined;
};

/** One circuit breaker a server, shared by all instances on this store, and kept over restarts. */
export type Breakers = ReturnType<typeof breakersOf>;

export function breakersOf({ db }: StoreContext) {
  return {
    async read(server: string): Promise<BreakerRow | undefined> {
      const row = await db.selectFrom('breakers').selectAll().where('server', '=', server).executeTakeFirst();
      return row && { failures: row.failures, openUntil: Number(row.open_until), error: row.error ?? undefined };
    },

    async write(server: string, { failures, openUntil, error }: BreakerRow): Promise<void> {
      const values = {
        failures,
        open_until: openUntil,
        error: error === undefined ? null : redactText(error),
        updated_at: Date.now(),
      };
      await db
        .insertInto('breakers')
        .values({ server, ...values })
        .onConflict((conflict) => conflict.column('server').doUpdateSet(values))
        .execute();
    },

    /** Leaves the server alone until `until` for all but the one that gets true: it may find out how the server is. */
    async takeTurn(server: string, seen: BreakerRow, until: number): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('breakers')
        .set({ open_until: until, updated_at: Date.now() })
        .where('server', '=', server)
        .where('open_until', '=', seen.openUntil)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}
