import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { doWriteJob } from '../../lib/delivery/do-write-job.ts';
import { OutOfTurn } from '../../lib/delivery/verdict.ts';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { count } from '../../lib/odoo/pages.ts';
import type { ClaimedJob } from '../../lib/store/jobs.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';

const QUEUE = 'odoo-write:test';
const HOLD = { signal: new AbortController().signal, confirm: async () => {} };
const LIMIT = 1_000;

describe('a job whose record another one was begun on', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let odoo: OdooClient;
  let store: Store;
  /** Calls that change Odoo and have not been given to it yet. */
  let late: (() => Promise<unknown>)[];

  before(async () => {
    sandbox = await startSandbox();
    const { url, database, login, password } = sandbox;
    odoo = { ...openOdoo({ url, database, login, password }), limitMilliseconds: LIMIT };
  });
  after(async () => {
    await odoo.close();
    await sandbox.close();
  });
  beforeEach(async () => {
    late = [];
    store = await openStore({ url: ':memory:' });
  });
  afterEach(() => store.close());

  const add = (key: string, payload: object) =>
    store.jobs.add([{ queue: QUEUE, kind: 'odoo-write', key, payload, maxAttempts: 5 }]);
  const claim = async (): Promise<ClaimedJob> => {
    const [claimed] = await store.jobs.claim(QUEUE, { owner: 'test', leaseSeconds: 60, limit: 1 });
    return claimed ?? assert.fail('there is no job');
  };
  const doJob = async (claimed: ClaimedJob, client = odoo) => {
    const result = await doWriteJob(store, client, claimed, HOLD, 'test');
    await store.jobs.succeed(claimed.lease, result);
    return result.outcomes.map(({ outcome }) => outcome);
  };
  const retry = (claimed: ClaimedJob, delayMs = 0) =>
    store.jobs.retry(claimed.lease, { error: 'later', delayMs, countAttempt: true });
  /** No answer comes, and Odoo is at work on it until it is let go. */
  const slow = (): OdooClient => ({
    ...odoo,
    async call(call) {
      if (call.readOnly) return odoo.call(call);
      late.push(() => odoo.call(call));
      throw new OdooError('unknown-outcome', 'A proxy gave up.');
    },
  });
  const partner = (ref: string, comment: string) => ({
    operation: 'upsert',
    model: 'res.partner',
    keys: ['ref'],
    records: [{ ref, name: ref, comment }],
  });
  const partners = (ref: string) => count(odoo, { model: 'res.partner', domain: [['ref', '=', ref]] });

  it('does not create it a second time while Odoo is at work on the first', async () => {
    const [ref, another] = [uuidv7(), uuidv7()];
    await add('first', partner(ref, 'one'));
    const first = await claim();
    await assert.rejects(doJob(first, slow()));
    await retry(first, 3 * LIMIT);
    await add('second', partner(ref, 'two'));
    await add('other', partner(another, 'three'));
    const second = await claim();
    await assert.rejects(doJob(second), OutOfTurn);
    assert.deepEqual(await doJob(await claim()), ['created'], 'another record has nothing to wait for');
    await Promise.all(late.map((send) => send()));
    await sleep(LIMIT);
    await retry(second);
    assert.deepEqual(await doJob(await claim()), ['updated']);
    assert.equal(await partners(ref), 1);
    await sleep((await store.jobs.dueIn(QUEUE)) ?? 0);
    assert.deepEqual(await doJob(await claim()), ['unchanged'], 'what was written later stands');
  });

  it('is not acted on a second time while Odoo is at work on the first', async () => {
    const doneWhen = '[["id", "=", 0]]';
    const replenish = { operation: 'call', model: 'stock.warehouse.orderpoint', method: 'action_replenish', doneWhen };
    let called = 0;
    const counting: OdooClient = {
      ...odoo,
      async call(call) {
        if (call.method === 'action_replenish') called++;
        return odoo.call(call);
      },
    };
    const [rule] = (await odoo.call({
      model: 'stock.warehouse.orderpoint',
      method: 'search',
      args: { domain: [], limit: 1 },
      readOnly: true,
    })) as number[];
    await add('first', { ...replenish, records: [{ id: rule }] });
    const first = await claim();
    await assert.rejects(doJob(first, slow()));
    await retry(first, 3 * LIMIT);
    await add('second', { ...replenish, records: [{ id: rule }] });
    const second = await claim();
    await assert.rejects(doJob(second, counting), OutOfTurn);
    assert.equal(called, 0);
    await sleep(LIMIT);
    await retry(second);
    assert.deepEqual(await doJob(await claim(), counting), ['updated']);
    assert.equal(called, 1);
  });

  it('goes on where Odoo told that it has done nothing', async () => {
    const ref = uuidv7();
    await add('first', partner(ref, 'one'));
    const first = await claim();
    const away: OdooClient = {
      ...odoo,
      call: (call) => (call.readOnly ? odoo.call(call) : Promise.reject(new OdooError('unavailable', 'Odoo is away.'))),
    };
    await assert.rejects(doJob(first, away), { code: 'unavailable' });
    await retry(first, LIMIT);
    await add('second', partner(ref, 'two'));
    assert.deepEqual(await doJob(await claim()), ['created']);
  });
});
