/** The process is killed in the midst of the first migration; the store opens after it, and is whole. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { openStore } from '../../lib/store/open.ts';
import { mustHave } from '../support/required.ts';

/** Statements before which it is killed, from the first to the last one. */
const STATEMENTS = [
  'not exists "kysely_migration_lock"',
  'create table "job_payloads"',
  'insert into "kysely_migration" ',
  'commit',
];

const moduleOf = (name: string) => JSON.stringify(import.meta.resolve(name));

/** Opens the store in a process that kills itself before a statement. `driver` and `method` are what statements go through. */
function openAndKill(url: string, statement: string, driver: string, method: string): void {
  const program = `
    import driver from ${moduleOf(driver)};
    import { openStore } from ${moduleOf('../../lib/store/open.ts')};
    const { prototype } = driver.Client ?? driver;
    const { ${method} } = prototype;
    prototype.${method} = function (text, ...rest) {
      if (typeof text === 'string' && text.includes(${JSON.stringify(statement)})) process.kill(process.pid, 'SIGKILL');
      return ${method}.call(this, text, ...rest);
    };
    await openStore({ url: ${JSON.stringify(url)} });`;
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.equal(signal, 'SIGKILL', `it was not killed before ${statement}: ${stderr}`);
}

/** The store is usable; what stands in it is left to compare. */
async function useOnce(url: string): Promise<void> {
  const store = await openStore({ url });
  await store.jobs.add([{ queue: 'q', kind: 'k', key: 'one', payload: {}, maxAttempts: 1 }]);
  assert.equal((await store.jobs.claim('q', { owner: 'x', leaseSeconds: 60, limit: 1 })).length, 1);
  await store.close();
}

describe('a SQLite store whose first migration was cut off', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planbridge-migrate-'));
  });
  after(() => rm(folder, { recursive: true }));

  const schema = async (url: string) => {
    await useOnce(url);
    const file = new Database(url, { readonly: true });
    const rows = file.prepare('select name, sql from sqlite_master order by name').all();
    file.close();
    return rows;
  };

  for (const [at, statement] of STATEMENTS.entries())
    it(`opens, and is whole, when it was killed before: ${statement}`, async () => {
      const url = join(folder, `${at}.sqlite`);
      openAndKill(url, statement, 'better-sqlite3', 'prepare');
      assert.deepEqual(await schema(url), await schema(join(folder, `whole-${at}.sqlite`)));
    });
});

const postgres = process.env.TEST_POSTGRES_URL;

(mustHave('postgres', postgres) ? describe : describe.skip)('a PostgreSQL store whose first migration was cut off', () => {
  let admin: pg.Client;
  const names: string[] = [];
  before(async () => {
    admin = new pg.Client(postgres);
    await admin.connect();
  });
  after(async () => {
    for (const name of names) await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });

  const database = async () => {
    const name = `planbridge_migrate_${process.pid}_${names.length}`;
    names.push(name);
    await admin.query(`create database ${name}`);
    return Object.assign(new URL(postgres ?? ''), { pathname: `/${name}` }).href;
  };
  const schema = async (url: string) => {
    await useOnce(url);
    const client = new pg.Client(url);
    await client.connect();
    const columns = `select table_name, column_name, data_type, is_nullable from information_schema.columns
      where table_schema = 'public' order by 1, 2`;
    const found = [
      (await client.query(columns)).rows,
      (await client.query("select indexdef from pg_indexes where schemaname = 'public' order by 1")).rows,
    ];
    await client.end();
    return found;
  };

  for (const statement of STATEMENTS)
    it(`opens, and is whole, when it was killed before: ${statement}`, async () => {
      const url = await database();
      openAndKill(url, statement, 'pg', 'query');
      assert.deepEqual(await schema(url), await schema(await database()));
    });
});
