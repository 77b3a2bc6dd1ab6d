import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import pg from 'pg';
import { openStore, type Store, storeOf } from '../../lib/store/open.ts';
import type { Tables } from '../../lib/store/schema.ts';
import { mustHave } from './required.ts';

export type TestStore = { readonly name: string; open(): Promise<{ store: Store; end(): Promise<void> }> };

/** The store on each database: a SQLite file, PostgreSQL within the process, and the server of TEST_POSTGRES_URL. */
export function testStores(): TestStore[] {
  const url = process.env.TEST_POSTGRES_URL;
  const stores: TestStore[] = [
    {
      name: 'SQLite',
      async open() {
        const folder = await mkdtemp(join(tmpdir(), 'planbridge-store-'));
        const store = await openStore({ url: join(folder, 'store.sqlite') });
        return {
          store,
          async end() {
            await store.close();
            await rm(folder, { recursive: true });
          },
        };
      },
    },
    {
      name: 'PGlite',
      async open() {
        const pglite = await PGlite.create();
        const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
        const store = await storeOf({ db, dialect: 'postgres' }, () => db.destroy());
        return { store, end: () => store.close() };
      },
    },
  ];
  if (!mustHave('postgres', url)) return stores;
  stores.push({
    name: 'PostgreSQL',
    async open() {
      const name = `planbridge_${process.pid}_${Date.now()}`;
      const admin = new pg.Client(url);
      await admin.connect();
      await admin.query(`create database ${name}`);
      const store = await openStore({ url: Object.assign(new URL(url ?? ''), { pathname: `/${name}` }).href });
      return {
        store,
        async end() {
          await store.close();
          await admin.query(`drop database ${name} with (force)`);
          await admin.end();
        },
      };
    },
  });
  return stores;
}
