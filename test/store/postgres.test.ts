import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { openStore } from '../../lib/store/open.ts';
import { openPostgres } from '../../lib/store/postgres.ts';
import { mustHave } from '../support/required.ts';
import { item, versionFlow } from '../support/version-flow.ts';

const url = process.env.TEST_POSTGRES_URL;

(mustHave('postgres', url) ? describe : describe.skip)('a PostgreSQL store', function () {
  this.timeout(30_000);
  const name = `planbridge_shared_${process.pid}_${Date.now()}`;
  const address = Object.assign(new URL(url ?? 'postgres://localhost'), { pathname: `/${name}` }).href;
  let admin: pg.Client;
  before(async () => {
    admin = new pg.Client(url);
    await admin.connect();
    await admin.query(`create database ${name}`);
  });
  after(async () => {
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });

  it('is shared: two open it at the same time, and each job goes to one of them', async () => {
    const [one, two] = await Promise.all([openStore({ url: address }), openStore({ url: address })]);
    const jobs = Array.from({ length: 200 }, (_, at) => ({ queue: 'q', kind: 'k', key: `${at}`, payload: {}, maxAttempts: 1 }));
    await one.jobs.add(jobs);
    const claims = Array.from({ length: 40 }, (_, at) =>
      (at % 2 ? one : two).jobs.claim('q', { owner: `${at}`, leaseSeconds: 60, limit: 7 }),
    );
    const claimed = await Promise.all(claims);
    assert.ok(claimed.every((some) => some.length <= 7));
    const keys = claimed.flat().map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length, 'a job was given twice');
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => (at % 2 ? one : two).audit.append({ who: 'x', what: 'y', subject: `${at}` })),
    );
    const client = new pg.Client(address);
    await client.connect();
    const { rows } = await client.query('select seq, hash, previous_hash from audit order by seq');
    await client.end();
    assert.equal(rows.length, 20);
    for (const [at, row] of rows.entries()) if (at > 0) assert.equal(row.previous_hash, rows[at - 1].hash);
    await one.close();
    await two.close();
  });

  it('is swept by one instance at a time', async () => {
    const [one, two] = await Promise.all([openStore({ url: address }), openStore({ url: address })]);
    const client = new pg.Client(address);
    await client.connect();
    const finish = async (key: string) => {
      await one.jobs.add([{ queue: 'swept', kind: 'k', key, payload: {}, maxAttempts: 1 }]);
      await client.query(`update jobs set state = 'done', updated_at = 0, key_expires_at = 0 where key = '${key}'`);
    };
    await finish('old');
    await client.query('begin');
    await client.query("select id from jobs where key = 'old' for update");
    let swept = false;
    const sweeping = one.sweep().then(() => {
      swept = true;
    });
    const sweepersWait = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = $1";
    while ((await admin.query(sweepersWait, [name])).rowCount === 0) await sleep(10);
    await two.sweep();
    assert.equal(swept, false, 'the second one waited for the first, or swept as well');
    await client.query('commit');
    await sweeping;
    await finish('older');
    await two.sweep();
    assert.deepEqual(await two.jobs.counts('swept'), {}, 'nobody sweeps after the first one');
    await client.end();
    await one.close();
    await two.close();
  });

  it('goes on when an instance is frozen in the midst of a transaction, which hears of it when it thaws', async () => {
    const module = (name: string) => JSON.stringify(import.meta.resolve(`../../lib/store/${name}.ts`));
    /** A process that locks what claims of a queue lock, freezes itself, and says what became of it. */
    const freeze = async (queue: string, statement: string) => {
      const program = `
        import { sql } from ${JSON.stringify(import.meta.resolve('kysely'))};
        import { openPostgres } from ${module('postgres')};
        const { db, close } = openPostgres(${JSON.stringify(address)});
        const lock = (db) => sql\`select pg_advisory_xact_lock(hashtext('${queue}'))\`.execute(db);
        await db.transaction().execute(async (tx) => {
          await lock(tx);
          setTimeout(() => process.kill(process.pid, 'SIGSTOP'), 3);
          await sql\`${statement}\`.execute(tx);
          await new Promise((resolve) => setTimeout(resolve, 100));
          await lock(tx);
        }).catch(({ code, message }) => console.log(code, message));
        await lock(db);
        await close();
        console.log('recovered');`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      child.stdout.on('data', (piece) => {
        said += piece;
      });
      const exited = once(child, 'exit');
      while (!(await readFile(`/proc/${child.pid}/stat`, 'utf8')).includes(') T ')) await sleep(20);
      return {
        async thawed() {
          child.kill('SIGCONT');
          const [code] = await exited;
          return { code, said };
        },
      };
    };
    const frozen = [
      await freeze('between', 'select 1'),
      await freeze('reading', "select repeat('x', 1000) from generate_series(1, 100000)"),
    ];
    const store = await openStore({ url: address });
    const claim = (queue: string) => store.jobs.claim(queue, { owner: 'x', leaseSeconds: 60, limit: 1, exclusive: true });
    const since = Date.now();
    assert.deepEqual(await Promise.all([claim('between'), claim('reading')]), [[], []]);
    assert.ok(Date.now() - since > 5_000, 'they held no lock');
    for (const { thawed } of frozen) {
      const { code, said } = await thawed();
      assert.match(said, /^unavailable The connection to the store broke off: .+\nrecovered\n$/);
      assert.equal(code, 0);
    }
    await store.close();
  });

  it('decides on the versions of an interface one after the other', async () => {
    const store = await openStore({ url: address });
    const { imported, preview } = versionFlow(
      () => store,
      () => 'plan',
    );
    const [older, newer] = [await imported([item('A', '5')], false), await imported([item('A', '6')], false)];
    for (const _ of [older, newer]) await preview();
    const client = new pg.Client(address);
    await client.connect();
    await client.query("begin; select pg_advisory_xact_lock(hashtext('version plan'))");
    await client.query(`update versions set state = 'approved' where id = '${newer.id}'`);
    const approving = store.versions.approve(older.id, { who: 'ben', comment: '' });
    assert.equal(await Promise.race([approving, sleep(300)]), undefined, 'it did not wait for the other decision');
    await client.query('commit');
    const came = await approving;
    assert.ok('refused' in came && came.refused.includes(newer.id));
    await client.end();
    await store.close();
  });

  it('tells a full disk and a server that refuses for now from a wrong statement', async () => {
    const { db, close } = openPostgres(address);
    const raise = (state: string) => sql.raw(`do $$ begin raise exception 'no' using errcode = '${state}'; end $$`).execute(db);
    await assert.rejects(() => raise('53100'), { name: 'StoreError', code: 'full', message: /disk of the store is full/ });
    await assert.rejects(() => raise('40P01'), { name: 'StoreError', code: 'unavailable' });
    await assert.rejects(() => raise('23505'), { name: 'error', code: '23505' });
    await close();
  });

  it('is refused when a newer version wrote it', async () => {
    const client = new pg.Client(address);
    await client.connect();
    await client.query("insert into kysely_migration values ('999-later', '2030-01-01')");
    await assert.rejects(() => openStore({ url: address }), { code: 'newer' });
    await client.query("delete from kysely_migration where name = '999-later'");
    await client.end();
  });

  it('takes its password from the settings where the address has none', async () => {
    const role = `role_${process.pid}`;
    await admin.query(`create role ${role} superuser login password 'p@ss/w%rd'`);
    const bare = Object.assign(new URL(address), { username: role, password: '' }).href;
    const store = await openStore({ url: bare, password: 'p@ss/w%rd' });
    await store.close();
    await admin.query(`drop role ${role}`);
  });

  it('says in words, and without its password, that it does not answer', async () => {
    await assert.rejects(
      () => openStore({ url: 'postgres://me:secret-word@127.0.0.1:1/none' }),
      (error: Error & { code: string }) =>
        error.code === 'unavailable' && /does not answer/.test(error.message) && !error.message.includes('secret-word'),
    );
    await assert.rejects(() => openStore({ url: 'postgres://' + 'a b' }), { code: 'settings' });
  });
});
