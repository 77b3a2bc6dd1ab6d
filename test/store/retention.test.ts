import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openStore, type Store } from '../../lib/store/open.ts';

const DAY = 86_400_000;

describe('what is kept', () => {
  let folder: string;
  let store: Store;
  let file: Database.Database;
  const count = (table: string) => (file.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planbridge-retention-'));
    const url = join(folder, 'store.sqlite');
    store = await openStore({ url, retentionDays: 35 });
    file = new Database(url);
    for (const id of ['old', 'young', 'unfinished']) {
      const run = { id, interface: 'forecast-import', source: 'test' };
      await store.runs.begin(run);
      for (let part = 0; part < 12; part++) await store.runs.addPart(id, part, [{ a: part }]);
      if (id === 'unfinished') continue;
      await store.runs.accept(run, { lines: 12, contentHash: 'x', queue: 'intake', maxAttempts: 1 });
    }
    for (const job of await store.jobs.claim('intake', { owner: 'test', leaseSeconds: 60, limit: 2 }))
      await store.jobs.bury(job.lease, 'no');
    await store.jobs.add(['a', 'b'].map((key) => ({ queue: 'write', kind: 'w', key, payload: {}, maxAttempts: 1 })));
    for (const job of await store.jobs.claim('write', { owner: 'test', leaseSeconds: 60, limit: 2 }))
      await store.jobs.succeed(job.lease, { result: {} });
    const old = Date.now() - 36 * DAY;
    file.prepare("update runs set updated_at = ? where id in ('old', 'unfinished')").run(old);
    file.prepare("update jobs set updated_at = ?, key_expires_at = ? where key in ('a', 'old')").run(old, old);
    await store.sweep();
  });
  after(async () => {
    file.close();
    await store.close();
    await rm(folder, { recursive: true });
  });

  it('lets the raw lines of an old run go, and keeps the run', async () => {
    assert.deepEqual(await store.runs.part('old', 3), []);
    assert.equal((await store.runs.summary('old'))?.state, 'failed');
    assert.deepEqual(await store.runs.part('young', 3), [{ a: 3 }]);
  });

  it('forgets a run that was never accepted', () => {
    assert.equal(count("runs where id = 'unfinished'"), 0);
    assert.equal(count("run_parts where run = 'unfinished'"), 0);
  });

  it('lets old finished jobs go, but no dead letter and nothing of the audit', async () => {
    assert.deepEqual(await store.jobs.counts('write'), { done: 1 });
    assert.equal((await store.deadLetters.list()).length, 2);
    assert.equal(count('audit'), 4);
  });
});
