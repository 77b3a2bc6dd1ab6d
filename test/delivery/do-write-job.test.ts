import assert from 'node:assert/strict';
import { doWriteJob } from '../../lib/delivery/do-write-job.ts';
import { CalledOff } from '../../lib/delivery/verdict.ts';
import { type Call, type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import type { Store } from '../../lib/store/open.ts';
import { openStore } from '../../lib/store/open.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';

const MODEL = 'res.partner';
const QUEUE = 'odoo-write:test';

describe('doing a write job', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let odoo: OdooClient;
  let called: Call[];
  let client: OdooClient;
  let store: Store;

  before(async () => {
    sandbox = await startSandbox();
    const { url, database, login, password } = sandbox;
    odoo = openOdoo({ url, database, login, password });
    client = {
      ...odoo,
      call(call) {
        called.push(call);
        return odoo.call(call);
      },
    };
  });
  after(async () => {
    await odoo.close();
    await sandbox.close();
  });
  beforeEach(async () => {
    called = [];
    store = await openStore({ url: ':memory:' });
  });
  afterEach(() => store.close());

  const hold = { signal: new AbortController().signal, confirm: async () => {} };
  const add = (key: string, payload: object) =>
    store.jobs.add([{ queue: QUEUE, kind: 'odoo-write', key, payload: { model: MODEL, ...payload }, maxAttempts: 5 }]);
  const claim = async () => {
    const [claimed] = await store.jobs.claim(QUEUE, { owner: 'test', leaseSeconds: 60, limit: 1 });
    return claimed ?? assert.fail('there is no job');
  };
  const doNext = async () => {
    const claimed = await claim();
    const result = await doWriteJob(store, client, claimed, hold, 'test');
    await store.jobs.succeed(claimed.lease, result);
    return result;
  };
  const held = (ref: string) =>
    searchAll(odoo, { model: MODEL, domain: [['ref', '=', ref]], fields: ['name', 'street', 'city'], order: 'id' });
  const kinds = (result: Awaited<ReturnType<typeof doNext>>) => result.outcomes.map(({ outcome }) => outcome);

  it('does a create once under its business key, and answers it as before when it comes again', async () => {
    const one = { operation: 'create', keys: ['ref'], records: [{ ref: 'once', name: 'A' }] };
    await add('1', one);
    await add('2', one);
    const [first, again] = [await doNext(), await doNext()];
    assert.deepEqual([kinds(first), kinds(again)], [['created'], ['unchanged']]);
    assert.equal(again.outcomes[0]?.id, first.outcomes[0]?.id);
    assert.equal((await held('once')).length, 1);
  });

  it('refuses other content under the same business key, with the reason', async () => {
    await add('1', { operation: 'create', keys: ['ref'], records: [{ ref: 'other', name: 'A' }] });
    await add('2', { operation: 'create', keys: ['ref'], records: [{ ref: 'other', name: 'B' }] });
    await doNext();
    const { refusals } = await doNext();
    assert.equal(refusals[0]?.reason, 'KEY_CONFLICT');
    assert.match(refusals[0]?.message ?? '', /ref other was used before, with other content/);
    assert.deepEqual(
      (await held('other')).map(({ name }) => name),
      ['A'],
    );
  });

  it('never lets a job that waited overwrite what a later one wrote', async () => {
    await add('old', {
      operation: 'upsert',
      keys: ['ref'],
      records: [
        { ref: 'late', name: 'Old', street: 'Old' },
        { ref: 'own', name: 'Own' },
      ],
    });
    const waiting = await claim();
    await store.jobs.retry(waiting.lease, { error: 'Odoo was away', delayMs: 50, countAttempt: true });
    await add('new', { operation: 'upsert', keys: ['ref'], records: [{ ref: 'late', name: 'New', street: 'New' }] });
    await doNext();
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.deepEqual(kinds(await doNext()), ['unchanged', 'created']);
    assert.deepEqual(
      (await held('late')).map(({ name, street }) => [name, street]),
      [['New', 'New']],
    );
  });

  it('does what a job that waited has still to do where a later one had nothing to change', async () => {
    const same = { operation: 'upsert', keys: ['ref'], records: [{ ref: 'owed', name: 'Same' }] };
    await add('old', same);
    const waiting = await claim();
    // It wrote the record, and was cut off before it could say so.
    await store.jobs.progress(waiting.lease, { planned: [{ index: 0, outcome: 'created', at: Date.now() - 200_000 }] });
    await odoo.call({ model: MODEL, method: 'create', args: { vals_list: same.records } });
    await store.jobs.retry(waiting.lease, { error: 'cut', delayMs: 50, countAttempt: true });
    await add('new', same);
    assert.deepEqual(kinds(await doNext()), ['unchanged']);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.deepEqual(kinds(await doNext()), ['created'], 'what follows on a creation would never come');
  });

  const ROW = { ref: 'lost', name: 'New', street: 'New' };
  const LATER: Readonly<Record<string, { readonly job: object; readonly kinds: readonly string[] }>> = {
    'was refused': { job: { records: [{ ...ROW, country_id: 999_999 }] }, kinds: ['refused'] },
    'was refused, and came twice': {
      job: { records: [{ ...ROW, country_id: 999_999 }, ROW] },
      kinds: ['refused', 'refused'],
    },
    'was only tried': { job: { records: [ROW], dryRun: true }, kinds: ['created'] },
  };
  for (const [what, later] of Object.entries(LATER))
    it(`still writes its record where that of a later job ${what}`, async () => {
      const ref = `lost ${what}`;
      await add('old', { operation: 'upsert', keys: ['ref'], records: [{ ref, name: 'Old', street: 'Old' }] });
      const waiting = await claim();
      await store.jobs.retry(waiting.lease, { error: 'Odoo was away', delayMs: 50, countAttempt: true });
      const { records, ...more } = later.job as { records: object[] };
      await add('new', { operation: 'upsert', keys: ['ref'], records: records.map((record) => ({ ...record, ref })), ...more });
      assert.deepEqual(kinds(await doNext()), later.kinds);
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.deepEqual(kinds(await doNext()), ['created']);
      assert.equal((await held(ref))[0]?.name, 'Old');
    });

  it('leaves alone what a later job wrote, though what was to follow on it was refused', async () => {
    const [row] = await searchAll(odoo, { model: MODEL, domain: [['ref', '=', 'late']], fields: [] });
    assert.ok(row);
    await add('old', { operation: 'update', records: [{ id: row.id, name: 'Old' }] });
    const waiting = await claim();
    await store.jobs.retry(waiting.lease, { error: 'Odoo was away', delayMs: 50, countAttempt: true });
    await add('new', { operation: 'update', records: [{ id: row.id, name: 'Newer' }], followUp: 'action_replenish' });
    const { call } = client;
    client = {
      ...client,
      call: (one) => (one.method === 'action_replenish' ? Promise.reject(new OdooError('validation', 'No vendor.')) : call(one)),
    };
    assert.deepEqual(kinds(await doNext()), ['refused']);
    client = { ...client, call };
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.deepEqual(kinds(await doNext()), ['unchanged']);
    assert.equal((await held('late'))[0]?.name, 'Newer');
  });

  it('still writes what the later job said nothing of', async () => {
    await add('old', { operation: 'upsert', keys: ['ref'], records: [{ ref: 'part', name: 'Old', city: 'Ghent' }] });
    const waiting = await claim();
    await store.jobs.retry(waiting.lease, { error: 'Odoo was away', delayMs: 50, countAttempt: true });
    await add('new', { operation: 'upsert', keys: ['ref'], records: [{ ref: 'part', name: 'New' }] });
    await doNext();
    await new Promise((resolve) => setTimeout(resolve, 60));
    await doNext();
    assert.equal((await held('part'))[0]?.city, 'Ghent');
  });

  it('sends nothing that changes Odoo once the job is no longer its own', async () => {
    await add('1', { operation: 'upsert', keys: ['ref'], records: [{ ref: 'lost', name: 'A' }] });
    const confirm = async () => {
      throw new CalledOff();
    };
    await assert.rejects(doWriteJob(store, client, await claim(), { ...hold, confirm }, 'test'), CalledOff);
    assert.deepEqual(
      called.filter(({ readOnly }) => !readOnly),
      [],
    );
  });
});
