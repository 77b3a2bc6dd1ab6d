import type { Kysely } from 'kysely';

/** What our clients are subscribed to at brokers, which keep it over restarts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('subscriptions')
    .addColumn('broker', 'text', (column) => column.notNull())
    .addColumn('client', 'text', (column) => column.notNull())
    .addColumn('filter', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('subscriptions_key', ['broker', 'client', 'filter'])
    .execute();
}
