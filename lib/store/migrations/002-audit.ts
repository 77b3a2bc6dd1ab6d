import type { Kysely } from 'kysely';

/** What the audit compares and tells: the settings of nodes as they were last deployed, and what a run went through. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('node_settings')
    .addColumn('home', 'text', (column) => column.notNull())
    .addColumn('node', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('node_settings_key', ['home', 'node'])
    .execute();
  await db.schema.alterTable('runs').addColumn('mappings', 'text').execute();
  await db.schema.alterTable('runs').addColumn('rules', 'text').execute();
}
