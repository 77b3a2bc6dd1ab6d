import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openStore } from '../../lib/store/open.ts';
import { redact } from '../../lib/store/redact.ts';

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

describe('redaction', () => {
  it('takes secrets out of fields and addresses, whatever their case, and leaves the rest', () => {
    const entry = { apiKey: 'k', nested: [{ Password: 'p', url: 'postgres://u:secret@host/db' }], passes: 3, product: 'PASSAT' };
    assert.deepEqual(redact(entry), {
      apiKey: '•••',
      nested: [{ Password: '•••', url: 'postgres://u:•••@host/db' }],
      passes: 3,
      product: 'PASSAT',
    });
  });
});
