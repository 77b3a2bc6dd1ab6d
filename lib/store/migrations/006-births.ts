import type { Kysely } from 'kysely';

/** What births of Sparkplug B have told: the names of metrics by alias. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('births')
    .addColumn('queue', 'text', (column) => column.notNull())
    .addColumn('edge', 'text', (column) => column.notNull())
    .addColumn('device', 'text', (column) => column.notNull())
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('metric', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('births_key', ['queue', 'edge', 'device', 'alias'])
    .execute();
}
