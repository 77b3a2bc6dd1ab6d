import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { Store } from '../../lib/store/open.ts';
import { testStores } from '../support/stores.ts';

for (const target of testStores()) {
  describe(`jobs on ${target.name}`, function () {
    this.timeout(30_000);
    let store: Store;
    let end: () => Promise<void>;
    before(async () => ({ store, end } = await target.open()));
    after(() => end());

    const queue = () => `queue-${uuidv7()}`;
    const job = (name: string, key: string, more = {}) => ({
      queue: name,
      kind: 'odoo-write',
      key,
      payload: { records: [{ a: 1 }, { a: 2 }] },
      maxAttempts: 3,
      ...more,
    });
    const claim = (name: string, limit = 10, leaseSeconds = 60) => store.jobs.claim(name, { owner: 'test', leaseSeconds, limit });

    it('keeps one job a key', async () => {
      const name = queue();
      await store.jobs.add([job(name, 'one'), job(name, 'two')]);
      await store.jobs.add([job(name, 'one')]);
      assert.deepEqual(
        (await claim(name)).map(({ key }) => key),
        ['one', 'two'],
      );
    });

    it('gives each job to one worker only, the urgent ones first', async () => {
      const name = queue();
      await store.jobs.add(Array.from({ length: 20 }, (_, at) => job(name, `${at}`, { priority: at === 19 ? 5 : 0 })));
      const [first] = await claim(name, 1);
      assert.equal(first?.key, '19');
      const claimed = await Promise.all(Array.from({ length: 10 }, () => claim(name, 4)));
      const keys = claimed.flat().map(({ key }) => key);
      assert.equal(new Set(keys).size, keys.length, 'a job was given twice');
      assert.equal(keys.length, 19);
    });

    it('waits before a retry, and counts only attempts that count', async () => {
      const name = queue();
      await store.jobs.add([job(name, 'one')]);
      const [first] = await claim(name);
      assert.ok(first);
      await store.jobs.retry(first.lease, { error: 'Odoo is away', delayMs: 0, countAttempt: false });
      const [second] = await claim(name);
      assert.equal(second?.attempt, 1);
      await store.jobs.retry(second.lease, { error: 'locked', delayMs: 60_000, countAttempt: true });
      assert.deepEqual(await claim(name), []);
      const due = await store.jobs.dueIn(name);
      assert.ok(due !== undefined && due > 50_000 && due <= 60_000, `due in ${due}`);
    });

    it('hands what was written down to the next try', async () => {
      const name = queue();
      await store.jobs.add([job(name, 'one')]);
      const [first] = await claim(name, 1, -1);
      assert.ok(first);
      await store.jobs.progress(first.lease, { ids: [1, 2] });
      const [second] = await claim(name);
      assert.deepEqual(second?.progress, { ids: [1, 2] });
    });

    it('makes a dead letter of each refused record, with its words', async () => {
      const name = queue();
      await store.jobs.add([job(name, 'one')]);
      const [claimed] = await claim(name);
      assert.ok(claimed);
      await store.jobs.succeed(claimed.lease, {
        result: {},
        dead: [{ record: { a: 2 }, error: 'Odoo says no', fingerprint: 'ODOO_REFUSED:Odoo says no' }],
      });
      const [letter] = (await store.jobs.deadLetters()).filter((row) => row.parent === claimed.id);
      assert.deepEqual(letter?.payload, { records: [{ a: 2 }] });
      assert.equal(letter?.error, 'Odoo says no');
      assert.deepEqual(await store.jobs.counts(name), { done: 1, dead: 1 });
    });

    it('refuses the result of a worker that comes too late', async () => {
      const name = queue();
      await store.jobs.add([job(name, 'one')]);
      const [late] = await claim(name, 1, -1);
      const [next] = await claim(name);
      assert.ok(late && next);
      await assert.rejects(() => store.jobs.succeed(late.lease, { result: {} }), { code: 'stale-lease' });
      await store.jobs.succeed(next.lease, { result: {} });
      await assert.rejects(() => store.jobs.succeed(next.lease, { result: {} }), { code: 'stale-lease' });
    });
  });
}
