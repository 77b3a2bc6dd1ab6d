import assert from 'node:assert/strict';
import { doWriteJob } from '../../lib/delivery/do-write-job.ts';
import { OutcomePending, OutOfTurn } from '../../lib/delivery/verdict.ts';
import type { WriteResult } from '../../lib/delivery/write-settlement.ts';
import { type Call, type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';

const MODEL = 'res.partner';
const QUEUE = 'odoo-write:test';
const DENIED = new OdooError('access', 'You may not.', { exception: 'odoo.exceptions.AccessError' });
const LOST = new OdooError('unknown-outcome', 'Odoo cut the connection.');

describe('replaying what was refused', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let odoo: OdooClient;
  let client: OdooClient;
  let store: Store;
  let called: Call[];
  /** Answers calls instead of Odoo, or after it; undefined leaves them to Odoo. */
  let instead: (call: Call, send: () => Promise<unknown>) => Promise<unknown> | undefined;

  before(async () => {
    sandbox = await startSandbox();
    const { url, database, login, password } = sandbox;
    odoo = openOdoo({ url, database, login, password });
  });
  after(async () => {
    await odoo.close();
    await sandbox.close();
  });
  beforeEach(async () => {
    called = [];
    instead = () => undefined;
    client = {
      ...odoo,
      call(call) {
        called.push(call);
        const send = () => odoo.call(call);
        return instead(call, send) ?? send();
      },
    };
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
  const doNext = async (): Promise<WriteResult> => {
    const claimed = await claim();
    const result = await doWriteJob(store, client, claimed, hold, 'test');
    await store.jobs.succeed(claimed.lease, result);
    return result;
  };
  /** Does the next job, which fails with the code and is tried again later. */
  const failNext = async (code: string) => {
    const claimed = await claim();
    await assert.rejects(doWriteJob(store, client, claimed, hold, 'test'), { code });
    await store.jobs.retry(claimed.lease, { delayMs: 0, countAttempt: false });
  };
  const replay = () => store.deadLetters.replay({}, { who: 'anna' });
  const kinds = ({ outcomes }: WriteResult) => outcomes.map(({ outcome }) => outcome);
  const calls = (method: string) => called.filter((call) => call.method === method);
  /** The references of what Odoo holds, in the order in which it was made. */
  const held = async (stamp: string) => {
    const search = { model: MODEL, domain: [['ref', 'like', stamp]], fields: ['ref'], order: 'id' };
    return (await searchAll(odoo, { ...search, context: { active_test: false } })).map(({ ref }) => ref);
  };
  const partners = (...refs: string[]) => refs.map((ref) => ({ ref, name: ref }));

  it('makes nothing again that was made before Odoo refused the log-in', async () => {
    await add('1', { operation: 'create', keys: ['ref'], batchSize: 1, records: partners('login-a', 'login-b') });
    instead = ({ method }) =>
      method === 'create' && calls('create').length === 2
        ? Promise.reject(new OdooError('unavailable', 'Odoo is away.'))
        : undefined;
    await failNext('unavailable');
    instead = () => undefined;
    const able = client;
    const text = 'column res_users.x does not exist';
    client = {
      ...able,
      protocol: () => Promise.reject(new OdooError('validation', text, { exception: 'psycopg2.errors.Undefined' })),
    };
    assert.deepEqual(kinds(await doNext()), ['created', 'refused']);
    client = able;
    await replay();
    assert.deepEqual(kinds(await doNext()), ['created']);
    assert.deepEqual(await held('login-'), ['login-a', 'login-b']);
  });

  it('calls the follow-up that is owed to what was made before Odoo refused the log-in', async () => {
    await add('1', { operation: 'create', keys: ['ref'], followUp: 'action_archive', records: partners('owed-a') });
    let asked = 0;
    const able = client;
    const refused = () => Promise.reject(new OdooError('validation', 'KeyError: registry'));
    client = { ...able, protocol: () => (++asked > 1 ? refused() : able.protocol()) };
    const first = await doNext();
    assert.deepEqual([kinds(first), first.outcomes[0]?.changed], [['refused'], partners('owed-a')[0]]);
    client = able;
    await replay();
    assert.deepEqual(kinds(await doNext()), ['created']);
    assert.deepEqual([await held('owed-'), calls('action_archive').length], [['owed-a'], 1]);
  });

  it('looks first where it could not be looked whether a record was made', async () => {
    await add('1', { operation: 'create', keys: ['ref'], records: partners('made-a') });
    instead = ({ method }, send) => {
      if (method === 'create') return send().then(() => Promise.reject(LOST));
      return method === 'search_read' ? Promise.reject(DENIED) : undefined;
    };
    const first = await doNext();
    assert.deepEqual([kinds(first), first.outcomes[0]?.error?.code], [['refused'], 'unknown-outcome']);
    instead = () => undefined;
    await replay();
    assert.deepEqual(kinds(await doNext()), ['created']);
    assert.deepEqual(await held('made-'), ['made-a']);
  });

  it('looks first where it could not be looked whether the follow-up was done', async () => {
    const doneWhen = "[('street', '=', 'told')]";
    await add('1', { operation: 'upsert', keys: ['ref'], followUp: 'send_word', doneWhen, records: partners('done-a') });
    const told = ({ ids }: Call) => odoo.call({ model: MODEL, method: 'write', ids, args: { vals: { street: 'told' } } });
    instead = (call) => {
      if (call.method === 'send_word') return told(call).then(() => Promise.reject(LOST));
      return call.method === 'search_read' && JSON.stringify(call.args).includes('told') ? Promise.reject(DENIED) : undefined;
    };
    assert.deepEqual(kinds(await doNext()), ['refused']);
    instead = () => undefined;
    await replay();
    assert.deepEqual(kinds(await doNext()), ['updated']);
    assert.equal(calls('send_word').length, 1);
  });

  it('makes nothing again under a business key whose follow-up was refused, and calls that once it may', async () => {
    const one = { operation: 'create', keys: ['ref'], followUp: 'action_archive', records: partners('key-a') };
    await add('1', one);
    await add('2', one);
    instead = ({ method }) => {
      if (method === 'action_archive') return Promise.reject(DENIED);
      return method === 'has_access' ? Promise.resolve(false) : undefined;
    };
    assert.deepEqual([kinds(await doNext()), kinds(await doNext())], [['refused'], ['unchanged']]);
    instead = () => undefined;
    called = [];
    await replay();
    assert.deepEqual(kinds(await doNext()), ['created']);
    assert.deepEqual([await held('key-'), calls('action_archive').length], [['key-a'], 1]);
  });

  it('finishes the other records where Odoo cannot look for one', async () => {
    const records = partners('batch-a', 'batch-b', 'batch-c', 'batch-d');
    await add('1', { operation: 'upsert', keys: ['ref'], followUp: 'action_archive', records });
    const bad = new OdooError('validation', 'integer out of range');
    instead = ({ method, args }) =>
      method === 'search_read' && JSON.stringify(args).includes('batch-c') ? Promise.reject(bad) : undefined;
    const { outcomes } = await doNext();
    assert.deepEqual(
      outcomes.map(({ outcome, error }) => [outcome, error]),
      [
        ['created', undefined],
        ['created', undefined],
        ['refused', bad],
        ['created', undefined],
      ],
    );
    assert.deepEqual(await held('batch-'), ['batch-a', 'batch-b', 'batch-d']);
    assert.equal(calls('action_archive').flatMap(({ ids = [] }) => ids).length, 3);
  });

  it('calls the follow-up that is owed to what was made before Odoo denied to be looked at', async () => {
    await add('1', {
      operation: 'upsert',
      keys: ['ref'],
      batchSize: 1,
      followUp: 'action_archive',
      records: partners('seen-a', 'seen-b'),
    });
    instead = ({ method, args }) => {
      if (method === 'has_access') return Promise.resolve(false);
      return method === 'search_read' && JSON.stringify(args).includes('seen-b') ? Promise.reject(DENIED) : undefined;
    };
    assert.deepEqual(kinds(await doNext()), ['refused', 'refused']);
    instead = () => undefined;
    await replay();
    assert.deepEqual([kinds(await doNext()), kinds(await doNext())], [['created'], ['created']]);
    assert.deepEqual([await held('seen-'), calls('action_archive').length], [['seen-a', 'seen-b'], 2]);
  });

  it('knows after several tries what the first one was sending when its process ended', async () => {
    await add('1', { operation: 'create', keys: ['ref'], batchSize: 1, records: partners('cut-a', 'cut-b') });
    instead = ({ method }) => (method === 'create' ? new Promise(() => {}) : undefined);
    const claimed = await claim();
    void doWriteJob(store, client, claimed, hold, 'test');
    while (calls('create').length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await store.jobs.retry(claimed.lease, { delayMs: 0, countAttempt: false });
    instead = () => undefined;
    for (const _ of ['sends the other one', 'looks again']) {
      const again = await claim();
      await assert.rejects(doWriteJob(store, client, again, hold, 'test'), OutcomePending);
      await store.jobs.retry(again.lease, { delayMs: 0, countAttempt: false });
    }
    assert.deepEqual(
      calls('create').flatMap(({ args = {} }) => (args.vals_list as { ref: string }[]).map(({ ref }) => ref)),
      ['cut-a', 'cut-b'],
    );
  });

  it('looks for what an earlier try lost, where Odoo refused to be looked at since', async () => {
    await add('1', { operation: 'upsert', keys: ['ref'], followUp: 'action_archive', records: partners('since-a', 'since-b') });
    let late: (() => Promise<unknown>) | undefined;
    instead = ({ method }, send) => {
      if (method !== 'create') return undefined;
      late = send;
      return Promise.reject(LOST);
    };
    await failNext('unknown-outcome');
    instead = ({ method }) =>
      method === 'search_read' ? Promise.reject(new OdooError('validation', 'out of range')) : undefined;
    assert.deepEqual(kinds(await doNext()), ['refused', 'refused']);
    instead = () => undefined;
    await replay();
    const again = await claim();
    await assert.rejects(doWriteJob(store, client, again, hold, 'test'), OutcomePending);
    await late?.();
    const { outcomes } = await doWriteJob(store, client, again, hold, 'test');
    assert.deepEqual([outcomes.map(({ outcome }) => outcome), await held('since-')], [['created'], ['since-a', 'since-b']]);
    assert.equal(calls('action_archive').length, 1);
  });

  it('adds to what Odoo holds then, where the addition was denied', async () => {
    const [id] = (await odoo.call({
      model: MODEL,
      method: 'create',
      args: { vals_list: [{ ref: 'add-a', color: 1 }] },
    })) as number[];
    await add('1', { operation: 'update', records: [{ id, color: { $add: 5 } }] });
    // An answer that was lost, of what Odoo has surely not done by the next try.
    client = { ...client, limitMilliseconds: -1 };
    instead = ({ method }) => (['write', 'web_save_multi'].includes(method) ? Promise.reject(LOST) : undefined);
    await failNext('unknown-outcome');
    instead = ({ method }) => {
      if (method === 'has_access') return Promise.resolve(false);
      return ['write', 'web_save_multi'].includes(method) ? Promise.reject(DENIED) : undefined;
    };
    assert.deepEqual(kinds(await doNext()), ['refused']);
    instead = () => undefined;
    await odoo.call({ model: MODEL, method: 'write', ids: [id ?? 0], args: { vals: { color: 6 } } });
    await replay();
    const { outcomes } = await doNext();
    assert.deepEqual([outcomes[0]?.before, outcomes[0]?.changed], [{ color: 6 }, { color: 11 }]);
  });

  it('takes for its own doing nothing that Odoo refused in the end', async () => {
    const records = [{ ref: 'own-a', name: false }, ...partners('own-b')];
    await add('1', { operation: 'upsert', keys: ['ref'], batchSize: 1, followUp: 'action_archive', records });
    const refused = new OdooError('validation', 'A contact needs a name.');
    const isBad = ({ method, args }: Call) => method === 'create' && JSON.stringify(args).includes('own-a');
    instead = (call) => {
      if (call.method !== 'create') return undefined;
      return Promise.reject(isBad(call) ? refused : LOST);
    };
    await failNext('unknown-outcome');
    client = { ...client, limitMilliseconds: -1 };
    instead = (call) => (isBad(call) ? Promise.reject(refused) : undefined);
    assert.deepEqual(kinds(await doNext()), ['refused', 'created']);
    instead = () => undefined;
    await odoo.call({ model: MODEL, method: 'create', args: { vals_list: partners('own-c') } });
    called = [];
    await store.deadLetters.replay({}, { who: 'anna', record: partners('own-c')[0] ?? {} });
    assert.deepEqual([kinds(await doNext()), calls('action_archive').length], [['unchanged'], 0]);
  });

  it('waits while Odoo may be at work on the same record for another job', async () => {
    const one = { operation: 'upsert', keys: ['ref'], records: partners('turn-a') };
    await add('1', one);
    instead = ({ method }) => (method === 'create' ? Promise.reject(new OdooError('unavailable', 'Odoo is away.')) : undefined);
    await failNext('unavailable');
    const able = client;
    client = { ...able, protocol: () => Promise.reject(new OdooError('validation', 'column x does not exist')) };
    assert.deepEqual(kinds(await doNext()), ['refused']);
    client = able;
    await add('2', one);
    instead = ({ method }) => (method === 'create' ? Promise.reject(LOST) : undefined);
    const other = await claim();
    await assert.rejects(doWriteJob(store, client, other, hold, 'test'), { code: 'unknown-outcome' });
    await store.jobs.retry(other.lease, { delayMs: 1_000_000, countAttempt: false });
    instead = () => undefined;
    await replay();
    await assert.rejects(doWriteJob(store, client, await claim(), hold, 'test'), OutOfTurn);
  });

  it('waits for what a process of an earlier version had begun', async () => {
    await add('1', { operation: 'upsert', keys: ['ref'], records: partners('old-a') });
    const first = await claim();
    const planned = [{ index: 0, outcome: 'created' }];
    await store.jobs.progress(first.lease, { planned, begun: Date.now() });
    await store.jobs.retry(first.lease, { delayMs: 0, countAttempt: false });
    const again = await claim();
    await assert.rejects(doWriteJob(store, client, again, hold, 'test'), OutcomePending);
    await store.jobs.progress(again.lease, { idle: true });
    await store.jobs.retry(again.lease, { delayMs: 0, countAttempt: false });
    assert.deepEqual(kinds(await doNext()), ['created']);
  });

  it('keeps in mind over all tries since when Odoo may be at work on each record', async () => {
    const [id] = (await odoo.call({ model: MODEL, method: 'create', args: { vals_list: partners('mind-a') } })) as number[];
    await add('1', { operation: 'upsert', keys: ['ref'], batchSize: 1, records: partners('mind-a', 'mind-b') });
    instead = ({ method }) => (method === 'create' ? Promise.reject(LOST) : undefined);
    await failNext('unknown-outcome');
    await odoo.call({ model: MODEL, method: 'write', ids: [id ?? 0], args: { vals: { name: 'other' } } });
    instead = ({ method }) =>
      ['write', 'web_save_multi'].includes(method) ? Promise.reject(new OdooError('locked', 'Try again.')) : undefined;
    await failNext('locked');
    instead = () => undefined;
    await assert.rejects(doWriteJob(store, client, await claim(), hold, 'test'), OutcomePending);
    assert.deepEqual(await held('mind-'), ['mind-a']);
  });
});
