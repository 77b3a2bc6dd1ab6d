import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { StoreError } from './errors.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Tables } from './schema.ts';

/**
 * Brings the store to this version's schema, in one transaction. Throws StoreError `newer` for a store that has migrations
 * which this version does not know: its data may mean something else.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const done = await executed(db);
  const unknown = done.filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length > 0)
    throw new StoreError(
      'newer',
      `This store was written by a newer Planbridge (it has ${unknown.join(', ')}). Update Planbridge, or use another store.`,
    );
  // The migrator would wait for the lock of another instance, and that one may be frozen.
  if (done.length === Object.keys(MIGRATIONS).length) return;
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof StoreError) throw error;
  if (error) throw new StoreError('unavailable', `The store could not be brought up to date: ${(error as Error).message}`, error);
}

async function executed(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  return (await sql<{ name: string }>`select name from kysely_migration`.execute(db)).rows.map(({ name }) => name);
}
