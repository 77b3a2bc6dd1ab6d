import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openStore } from '../../lib/store/open.ts';

describe('a SQLite store', () => {
  let folder: string;
  let url: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planbridge-sqlite-'));
    url = join(folder, 'store.sqlite');
  });
  after(() => rm(folder, { recursive: true }));

  it('is for one process: a second one is told so in words', async () => {
    const store = await openStore({ url });
    const script = `import { openStore } from ${JSON.stringify(join(import.meta.dirname, '../../lib/store/open.ts'))};
      try { await openStore({ url: ${JSON.stringify(url)} }); console.log('opened'); } catch (error) { console.log(error.code, error.message); }`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], { encoding: 'utf8' });
    assert.match(stdout, /^busy Another process uses the store/);
    await store.close();
    assert.match(
      spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], { encoding: 'utf8' }).stdout,
      /^opened/,
    );
  });

  it('can be opened anew in its own process before the old one is closed, as a redeploy does', async () => {
    const first = await openStore({ url });
    const second = await openStore({ url });
    await first.close();
    assert.deepEqual(await second.runs.latest(), []);
    await second.close();
  });

  it('is free again when its process was killed, and holds what that one had committed', async () => {
    const killed = join(folder, 'killed.sqlite');
    const script = `import { openStore } from ${JSON.stringify(join(import.meta.dirname, '../../lib/store/open.ts'))};
      const store = await openStore({ url: ${JSON.stringify(killed)} });
      await store.jobs.add([{ queue: 'q', kind: 'k', key: 'one', payload: { a: 1 }, maxAttempts: 1 }]);
      await store.jobs.claim('q', { owner: 'killed', leaseSeconds: 3600, limit: 1 });
      console.log('committed'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    await assert.rejects(() => openStore({ url: killed }), { code: 'busy' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = await openStore({ url: killed });
    assert.deepEqual(await store.jobs.counts('q'), { running: 1 });
    const [job] = await store.jobs.claim('q', { owner: 'next', leaseSeconds: 60, limit: 1 });
    assert.deepEqual([job?.key, job?.attempt, job?.cutOff], ['one', 1, 1], 'the lease of a process that is gone has to run out');
    await store.close();
  });

  it('can be closed twice, and opened while it closes', async () => {
    const first = await openStore({ url });
    const closing = first.close();
    const second = await openStore({ url: join(folder, '.', 'store.sqlite') });
    await closing;
    await first.close();
    assert.deepEqual(await second.runs.latest(), []);
    await second.close();
  });

  it('writes ahead, and through to disk', async () => {
    const pragmas: [string, unknown][] = [];
    const { pragma } = Database.prototype;
    Database.prototype.pragma = function (this: Database.Database, source: string, options?: Database.PragmaOptions) {
      const answer = pragma.call(this, source, options);
      pragmas.push([source, answer]);
      return answer;
    };
    try {
      await (await openStore({ url: join(folder, 'pragmas.sqlite') })).close();
    } finally {
      Database.prototype.pragma = pragma;
    }
    assert.ok(pragmas.some(([source, answer]) => source === 'journal_mode = WAL' && answer === 'wal'));
    assert.ok(pragmas.some(([source, answer]) => source === 'synchronous' && answer === 2));
  });

  it('says in words that a file is no store, and does not keep it locked', async () => {
    const other = join(folder, 'letter.txt');
    await writeFile(
      other,
      'Dear planner, this is long enough to be read as a header of some database, but is none.\n'.repeat(20),
    );
    const refused = { code: 'settings', message: /letter\.txt cannot be opened: .*Check the path/ };
    await assert.rejects(() => openStore({ url: other }), refused);
    await assert.rejects(() => openStore({ url: other }), refused);
    await assert.rejects(() => openStore({ url: '/dev/null/store.sqlite' }), { code: 'settings' });
  });

  it('refuses a store that a newer version wrote', async () => {
    const file = new Database(url);
    file.prepare("insert into kysely_migration values ('999-later', '2030-01-01')").run();
    file.close();
    await assert.rejects(() => openStore({ url }), { code: 'newer', message: /newer Planbridge \(it has 999-later\)/ });
  });

  it('refuses an address of a kind it does not know', async () => {
    await assert.rejects(() => openStore({ url: 'mysql://x/y' }), { code: 'settings' });
  });
});
