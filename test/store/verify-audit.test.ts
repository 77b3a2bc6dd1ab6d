import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openStore, type Store } from '../../lib/store/open.ts';
import { verifyAudit } from '../../lib/store/verify-audit.ts';

describe('verifying the audit', () => {
  let folder: string;
  let url: string;
  let store: Store;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planbridge-verify-'));
    url = join(folder, 'store.sqlite');
    store = await openStore({ url });
    for (let at = 1; at <= 1_200; at++)
      await store.audit.append({ who: 'planner', what: 'run.accepted', subject: `run ${at}`, detail: { lines: at } });
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  const tamper = (statement: string) => {
    const file = new Database(url);
    file.exec(statement);
    file.close();
  };
  const faults = async () => (await verifyAudit(url)).faults.map(({ what }) => what);

  it('finds nothing wrong with a chain that holds, while the store is in use', async () => {
    const report = await verifyAudit(url);
    assert.deepEqual([report.entries, report.head?.seq, report.faults], [1_200, 1_200, []]);
  });

  it('says which entry was changed', async () => {
    tamper(`update audit set detail = '{"lines":1}' where seq = 700`);
    assert.deepEqual(await faults(), ['entry 700 was changed']);
  });

  it('says which entry was changed and hashed anew', async () => {
    const one = new Database(url);
    one.exec("update audit set who = 'nobody', hash = '00' where seq = 700");
    one.close();
    assert.deepEqual(await faults(), [
      'entry 700 was changed',
      'entry 701 does not follow entry 700: one of the two is not what stood there',
    ]);
  });

  it('says which entries are missing', async () => {
    tamper('delete from audit where seq in (1, 600, 601)');
    assert.deepEqual(await faults(), ['entry 1 is missing', 'entries 600 to 601 are missing']);
  });

  it('says which entries changed places', async () => {
    tamper(
      'update audit set seq = -1 where seq = 10; update audit set seq = 10 where seq = 11; update audit set seq = 11 where seq = -1',
    );
    assert.ok((await faults()).some((what) => what.startsWith('entry 10 ')));
    assert.ok((await faults()).some((what) => what.startsWith('entry 11 ')));
  });

  it('holds entries that were added together to the same', async () => {
    const settle = (name: string) => ({ id: 'settle', type: 'sync-settle', settings: { name } });
    const map = { id: 'map', type: 'canonical-map', settings: { name: 'Map' } };
    await store.settings.record({ home: 'store', who: 'anna', nodes: [settle('Old'), map] });
    await store.settings.record({ home: 'store', who: 'ben', nodes: [settle('New')] });
    assert.deepEqual(await faults(), []);
    assert.equal((await verifyAudit(url)).entries, 1_204);
    tamper(`update audit set who = 'carl' where what = 'settings.changed'`);
    assert.deepEqual(await faults(), ['entry 1203 was changed']);
    tamper(`update audit set who = 'ben' where what = 'settings.changed'`);
    tamper('delete from audit where seq = 1202');
    assert.deepEqual(await faults(), ['entry 1202 is missing']);
  });

  it('is a command that says it with its exit code', () => {
    const command = join(import.meta.dirname, '..', '..', 'bin', 'planbridge.ts');
    const run = (...given: string[]) => spawnSync(process.execPath, [command, ...given], { encoding: 'utf8' });
    const held = run('audit', 'verify', url);
    assert.deepEqual([held.status, held.stdout.split('\n')[0]], [0, '1200 entries, 0 faults.']);
    tamper('delete from audit where seq = 5');
    const broken = run('audit', 'verify', url);
    assert.deepEqual([broken.status, broken.stderr.trim()], [1, 'entry 5 is missing']);
    assert.equal(run('audit').status, 2);
    assert.equal(run('audit', 'verify', join(folder, 'nothing')).status, 2);
  });
});
