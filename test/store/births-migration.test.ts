/** What births told a store before they told datatypes is understood still. */
import assert from 'node:assert/strict';
import { PGlite } from '@electric-sql/pglite';
import Database from 'better-sqlite3';
import { Kysely, PGliteDialect, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from '../../lib/store/migrations/index.ts';
import { storeOf } from '../../lib/store/open.ts';
import type { Tables } from '../../lib/store/schema.ts';

const DATABASES = {
  sqlite: async () => new SqliteDialect({ database: new Database(':memory:') }),
  postgres: async () => new PGliteDialect({ pglite: await PGlite.create() }),
};

for (const dialect of ['sqlite', 'postgres'] as const) {
  describe(`a store from before births told datatypes, on ${dialect}`, function () {
    this.timeout(30_000);
    it('knows the names by alias, and no datatype', async () => {
      const db = new Kysely<Tables>({ dialect: await DATABASES[dialect]() });
      const before = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < '007'));
      const migrator = new Migrator({ db, provider: { getMigrations: async () => before } });
      assert.equal((await migrator.migrateToLatest()).error, undefined);
      await sql`insert into births values ('q', 'acme/edge-1', 'press', '7', 'Output')`.execute(db);
      const { births, close } = await storeOf({ db, dialect }, () => db.destroy());
      const place = { queue: 'q', edge: 'acme/edge-1', device: 'press' };
      const metric = { name: 'Output', alias: '7', datatype: null };
      assert.deepEqual(await births.told(place, { aliases: ['7'], names: [] }), [metric]);
      await births.born(place, { at: 1, bdSeq: null }, [{ ...metric, datatype: 3 }]);
      assert.deepEqual(await births.told(place, { aliases: ['7'], names: [] }), [{ ...metric, datatype: 3 }]);
      await close();
    });
  });
}
