import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { releasedVersion } from '../support/released-version.ts';

const DAY = 86_400_000;

/** A product's item, wanted in one period by one line. */
const itemOf = (product: string): VersionItem => {
  const periods = [{ period: '2026-12', quantity: '5', lines: [[2, '5'] as [number, string]] }];
  return { product, location: 'WH', group: '', uom: 'Units', lines: 1, sent: '5', periods };
};

describe('what is kept', () => {
  let folder: string;
  let store: Store;
  let file: Database.Database;
  let versions: string[];
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
    versions = [];
    for (const product of ['A', 'B', 'C', 'D', 'E']) versions.push(await releasedVersion(store, 'plan', [itemOf(product)]));
    await store.versions.addPreview(versions[0] ?? '', '0', [{ model: 'x' }]);
    const old = Date.now() - 36 * DAY;
    // The fourth is the one before the released one, and the third has not been over for long.
    file.prepare('update versions set updated_at = ? where id != ?').run(old, versions[2]);
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
    assert.equal(count("audit where subject in ('old', 'young') or what = 'job.dead'"), 4);
  });

  it('lets the lines of versions go that are over, and keeps what a roll-back returns to', async () => {
    const lines = await Promise.all(versions.map(async (id) => (await store.versions.items.all(id)).length));
    assert.deepEqual(lines, [0, 0, 1, 1, 1]);
    assert.deepEqual(await store.versions.preview(versions[0] ?? ''), []);
    const states = await Promise.all(versions.map(async (id) => (await store.versions.show(id))?.state));
    assert.deepEqual(states, [...Array(4).fill('superseded'), 'released']);
  });

  it('does not release a version again whose lines are gone, and says so', async () => {
    const came = await store.versions.releaseAgain(versions[0] ?? '', { who: 'ben', comment: '' });
    assert.ok('refused' in came && /its lines are gone/.test(came.refused));
    assert.ok('version' in (await store.versions.releaseAgain(versions[2] ?? '', { who: 'ben', comment: '' })));
  });

  it('takes no version for the baseline whose lines are gone, when the one after it is taken back', async () => {
    const [, second = '', third = ''] = versions;
    file.prepare("update versions set state = 'released', previous = ? where id = ?").run(second, third);
    const decision = { who: 'ben', comment: 'wrong' };
    await store.versions.takeBack(third, decision);
    const { queue } = file.prepare('select queue from versions where id = ?').get(third) as { queue: string };
    const jobs = await store.jobs.claim(`${queue}/odoo`, { owner: 'test', leaseSeconds: 60, limit: 9 });
    const { lease } = jobs.find(({ kind }) => kind === 'roll-back') ?? assert.fail('nothing is taken back');
    await store.versions.takenBack(lease, third, [], decision);
    assert.equal((await store.versions.show(second))?.state, 'superseded');
    assert.match((await store.versions.show(third))?.why.join() ?? '', /there is no planning baseline/);
  });
});
