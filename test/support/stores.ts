import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import Database from 'better-sqlite3';
import { Kysely, PGliteDialect } from 'kysely';
import pg from 'pg';
import { openStore, type Store, storeOf } from '../../lib/store/open.ts';
import type { AuditTable, Tables } from '../../lib/store/schema.ts';
import { mustHave } from './required.ts';

export type OpenedStore = {
  readonly store: Store;
  /** The audit, oldest entry first, its details parsed. */
  audit(): Promise<AuditRow[]>;
  end(): Promise<void>;
};
export type AuditRow = Omit<AuditTable, 'detail'> & { readonly detail: Record<string, unknown> };
export type TestStore = { readonly name: string; open(): Promise<OpenedStore> };

const parsed = (rows: readonly AuditTable[]): AuditRow[] =>
  rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as Record<string, unknown> }));

/** The audit of a SQLite file, oldest entry first. */
export function auditOf(file: string): AuditRow[] {
  const database = new Database(file, { readonly: true });
  try {
    return parsed(database.prepare('select * from audit order by seq').all() as AuditTable[]);
  } finally {
    database.close();
  }
}

/** The store on each database: a SQLite file, PostgreSQL within the process, and the server of TEST_POSTGRES_URL. */
export function testStores(): TestStore[] {
  const url = process.env.TEST_POSTGRES_URL;
  const stores: TestStore[] = [
    {
      name: 'SQLite',
      async open() {
        const folder = await mkdtemp(join(tmpdir(), 'planbridge-store-'));
        const file = join(folder, 'store.sqlite');
        const store = await openStore({ url: file });
        return {
          store,
          audit: async () => auditOf(file),
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
        const audit = async () => parsed(await db.selectFrom('audit').selectAll().orderBy('seq').execute());
        return { store, audit, end: () => store.close() };
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
      const address = Object.assign(new URL(url ?? ''), { pathname: `/${name}` }).href;
      const store = await openStore({ url: address });
      return {
        store,
        async audit() {
          const client = new pg.Client(address);
          await client.connect();
          const { rows } = await client.query<AuditTable>('select * from audit order by seq');
          await client.end();
          return parsed(rows);
        },
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
