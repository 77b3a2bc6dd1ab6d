import assert from 'node:assert/strict';
import { mock } from 'node:test';
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
    afterEach(() => mock.restoreAll());

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

    it('answers a key that comes again with other content, and keeps the first job', async () => {
      const name = queue();
      const sent = (record: object, batchSize = 1) =>
        store.jobs.add([job(name, 'one', { payload: { records: [record], batchSize }, aside: ['batchSize'] })]);
      assert.deepEqual(await sent({ a: 1 }), []);
      assert.deepEqual(await sent({ a: 1 }), [], 'the same content');
      assert.deepEqual(await sent({ a: 1 }, 5), [], 'only sent in another way');
      assert.deepEqual(await sent({ a: 2 }), ['one']);
      const [kept] = await claim(name);
      assert.deepEqual(kept?.payload, { records: [{ a: 1 }], batchSize: 1 });
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

    it('gives no second job of a queue while one is at work, when asked to', async () => {
      const name = queue();
      const alone = { owner: 'test', leaseSeconds: 60, limit: 1, exclusive: true };
      await store.jobs.add([job(name, 'one'), job(name, 'two')]);
      const claimed = (await Promise.all(Array.from({ length: 5 }, () => store.jobs.claim(name, alone)))).flat();
      assert.deepEqual(
        claimed.map(({ key }) => key),
        ['one'],
      );
      const due = await store.jobs.dueIn(name, true);
      assert.ok(due !== undefined && due > 50_000, `due in ${due}: a worker would ask without end`);
      await store.jobs.succeed(claimed[0]!.lease, { result: {} });
      assert.equal((await store.jobs.claim(name, alone))[0]?.key, 'two');
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

    it('lets every branch of a flow take an event over under its lease, and none once it came again', async () => {
      const [events, writes] = [queue(), queue()];
      await store.jobs.add([job(events, 'source|1', { kind: 'event' })]);
      const [event] = await claim(events, 1, 0.05);
      assert.ok(event);
      await store.jobs.add([job(writes, 'source|1/0')], event.lease);
      await store.jobs.settle(event.lease);
      await store.jobs.settle(event.lease);
      await store.jobs.add([job(writes, 'source|1/1')], event.lease);
      assert.equal((await claim(writes)).length, 2);
      assert.deepEqual(await store.jobs.counts(events), { done: 1 });

      await store.jobs.add([job(events, 'source|2', { kind: 'event' })]);
      const [late] = await claim(events, 1, -1);
      const [again] = await claim(events, 1);
      assert.ok(late && again);
      await assert.rejects(store.jobs.add([job(writes, 'source|2/0')], late.lease), { code: 'stale-lease' });
      await assert.rejects(store.jobs.settle(late.lease), { code: 'stale-lease' });
      await store.jobs.settle(again.lease);
    });

    it('keeps an exception of an event once, however often the event comes', async () => {
      const name = queue();
      await store.jobs.add([job(name, 'source|3', { kind: 'event' })]);
      const refusal = { reason: 'MALFORMED', stage: 'mapping', message: 'no', record: { key: name }, disposition: 'rejected' };
      const routed = { ...refusal, severity: 'error', owner: 'planner', action: 'mend', deadlineHours: 1 } as never;
      for (let time = 0; time < 2; time++) {
        const [event] = await claim(name, 1, -1);
        assert.ok(event);
        await store.exceptions.add([routed], undefined, event.lease);
      }
      const kept = await store.exceptions.list({ limit: 1000 });
      assert.equal(kept.filter(({ record }) => record.includes(name)).length, 1);
    });

    it('hands what was written down to the next try', async () => {
      const name = queue();
      await store.jobs.add([job(name, 'one')]);
      const [first] = await claim(name, 1, -1);
      assert.ok(first);
      await store.jobs.progress(first.lease, { ids: [1, 2] });
      await store.jobs.progress(first.lease, { ids: [3] });
      const [second] = await claim(name);
      assert.deepEqual(second?.progress, [{ ids: [1, 2] }, { ids: [3] }]);
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
      const [letter] = (await store.deadLetters.list()).filter((row) => row.parent === claimed.id);
      assert.deepEqual(letter?.payload, { records: [{ a: 2 }] });
      assert.equal(letter?.error, 'Odoo says no');
      assert.deepEqual(await store.jobs.counts(name), { done: 1, dead: 1 });
    });

    it('makes a dead letter of each of two records that are alike, and hands on what was done with one', async () => {
      const name = queue();
      await store.jobs.add([job(name, 'one')]);
      const [claimed] = await claim(name);
      assert.ok(claimed);
      const dead = { record: { a: 1 }, error: 'no', fingerprint: 'x' };
      await store.jobs.succeed(claimed.lease, { result: {}, dead: [dead, { ...dead, progress: { planned: [0] } }] });
      assert.deepEqual(await store.jobs.counts(name), { done: 1, dead: 2 });
    });

    it('gives back what it was given, however long the list of records', async () => {
      const name = queue();
      const records = Array.from({ length: 2_345 }, (_, at) => ({
        b: `line\n${at}`,
        a: at,
        $source: { lines: 2, quantity: '1' },
      }));
      await store.jobs.add([job(name, 'long', { payload: { model: 'x', records } })]);
      const [claimed] = await claim(name);
      assert.deepEqual(claimed?.payload, { model: 'x', records });
      assert.ok(claimed);
      await store.jobs.succeed(claimed.lease, { result: {}, dead: [{ record: records[7], error: 'no', fingerprint: 'x' }] });
      const letter = (await store.deadLetters.list()).find((row) => row.parent === claimed.id);
      assert.deepEqual(letter?.payload, { model: 'x', records: [records[7]] });
    });

    it('claims a job whose worker let its lease run out before younger ones, and never more than asked for', async () => {
      const name = queue();
      await store.jobs.add(Array.from({ length: 30 }, (_, at) => job(name, `${at}`)));
      const [abandoned] = await claim(name, 1, -1);
      const claimed = await claim(name, 3);
      assert.deepEqual(
        claimed.map(({ key }) => key),
        ['0', '1', '2'],
      );
      assert.equal(claimed[0]?.cutOff, 1);
      assert.equal(claimed[0]?.lease.token, (abandoned?.lease.token ?? 0) + 1);
      assert.deepEqual(await store.jobs.counts(name), { running: 3, pending: 27 });
    });

    it('lets a job that was cut off time after time rest, while what was in hand with it goes on', async () => {
      const name = queue();
      await store.jobs.add([job(name, 'one')]);
      for (let time = 1; time <= 4; time++)
        assert.equal((await claim(name, 1, -1)).length, 1, `it is there at once, time ${time}`);
      mock.method(Math, 'random', () => 1);
      await store.jobs.add([job(name, 'two')]);
      assert.deepEqual(
        (await claim(name, 2)).map(({ key }) => key),
        ['two'],
      );
      const due = (await store.jobs.dueIn(name)) ?? 0;
      assert.ok(due > 1_000 && due <= 2_000, `it is due in ${due} ms`);
      assert.deepEqual(await store.jobs.counts(name), { running: 1, pending: 1 });
    });

    it('keeps the last failure of a job that is given back without one', async () => {
      const name = queue();
      await store.jobs.add([job(name, 'one')]);
      for (const error of ['Odoo is away', undefined]) {
        const [claimed] = await claim(name);
        assert.ok(claimed);
        await store.jobs.retry(claimed.lease, { ...(error ? { error } : {}), delayMs: 0, countAttempt: false });
      }
      const [claimed] = await claim(name);
      assert.equal(claimed?.attempt, 1);
      assert.ok(claimed);
      await store.jobs.bury(claimed.lease, 'enough');
      assert.deepEqual(await store.jobs.counts(name), { dead: 1 });
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
