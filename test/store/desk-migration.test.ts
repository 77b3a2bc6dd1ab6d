/** Exceptions of a store that was written before there was a desk stand at the desk too. */
import assert from 'node:assert/strict';
import { PGlite } from '@electric-sql/pglite';
import Database from 'better-sqlite3';
import { Kysely, PGliteDialect, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from '../../lib/store/migrations/index.ts';
import { storeOf } from '../../lib/store/open.ts';
import type { ExceptionsTable, Tables } from '../../lib/store/schema.ts';

const DATABASES = {
  sqlite: async () => new SqliteDialect({ database: new Database(':memory:') }),
  postgres: async () => new PGliteDialect({ pglite: await PGlite.create() }),
};

const exception = (id: string, product: string, more: Partial<ExceptionsTable> = {}) => ({
  ...{ id, run: null, line: 1, scope: id, subject: id, stage: 'validation', reason: 'UNKNOWN_PRODUCT', disposition: 'held' },
  ...{ severity: 'high', owner: 'master-data', action: 'Create it.', message: `No ${product}.`, field: null, value: null },
  ...{ record: '{}', product, location: 'WH', period: null, quantity: '2', source: null },
  ...{
    fingerprint: `UNKNOWN_PRODUCT:${product}`,
    state: 'open' as const,
    deadline_at: 5_000,
    created_at: 1_000,
    updated_at: 1_000,
  },
  ...more,
});

for (const dialect of ['sqlite', 'postgres'] as const) {
  describe(`a store from before the desk, on ${dialect}`, function () {
    this.timeout(30_000);
    it('has its open exceptions by cause', async () => {
      const db = new Kysely<Tables>({ dialect: await DATABASES[dialect]() });
      const before = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < '005'));
      const migrator = new Migrator({ db, provider: { getMigrations: async () => before } });
      assert.equal((await migrator.migrateToLatest()).error, undefined);
      const rows = [
        exception('1', 'A'),
        exception('2', 'A', { deadline_at: 3_000, created_at: 500 }),
        exception('3', 'B'),
        exception('4', 'C', { state: 'resolved' }),
      ];
      await db
        .insertInto('exceptions')
        .values(rows as never)
        .execute();

      const store = await storeOf({ db, dialect }, () => db.destroy());
      const listed = (await store.desk.list()).map(({ fingerprint, lines, quantity, deadlineAt, firstAt }) => ({
        ...{ fingerprint, lines, quantity, deadlineAt, firstAt },
      }));
      assert.deepEqual(listed, [
        { fingerprint: 'UNKNOWN_PRODUCT:A', lines: 2, quantity: 4, deadlineAt: 3_000, firstAt: 500 },
        { fingerprint: 'UNKNOWN_PRODUCT:B', lines: 1, quantity: 2, deadlineAt: 5_000, firstAt: 1_000 },
      ]);
      await store.desk.takeNotices().then((notices) => assert.deepEqual(notices, [], 'nobody is told of what is old'));
      await store.close();
    });
  });
}
