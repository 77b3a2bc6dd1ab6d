import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { doWriteJob } from '../../lib/delivery/do-write-job.ts';
import { OutOfTurn } from '../../lib/delivery/verdict.ts';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import type { ClaimedJob } from '../../lib/store/jobs.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';

const QUEUE = 'odoo-write:test';
const HOLD = { signal: new AbortController().signal, confirm: async () => {} };

describe('values that are added to what Odoo holds', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let odoo: OdooClient;
  let store: Store;
  let ids: number[];

  before(async () => {
    sandbox = await startSandbox();
    const { url, database, login, password } = sandbox;
    odoo = { ...openOdoo({ url, database, login, password }), limitMilliseconds: 200 };
  });
  after(async () => {
    await odoo.close();
    await sandbox.close();
  });
  beforeEach(async () => {
    store = await openStore({ url: ':memory:' });
    const vals_list = [10, 20].map((list_price) => ({ name: `Priced ${list_price}`, list_price }));
    ids = (await odoo.call({ model: 'product.template', method: 'create', args: { vals_list } })) as number[];
  });
  afterEach(() => store.close());

  const add = (key: string, records: object[], model = 'product.template') =>
    store.jobs.add([{ queue: QUEUE, kind: 'odoo-write', key, payload: { operation: 'update', model, records }, maxAttempts: 5 }]);
  const claim = async (): Promise<ClaimedJob> => {
    const [claimed] = await store.jobs.claim(QUEUE, { owner: 'test', leaseSeconds: 60, limit: 1 });
    return claimed ?? assert.fail('there is no job');
  };
  const doJob = async (claimed: ClaimedJob) => {
    const result = await doWriteJob(store, odoo, claimed, HOLD, 'test');
    await store.jobs.succeed(claimed.lease, result);
    return result.outcomes.map(({ outcome }) => outcome);
  };
  const later = (claimed: ClaimedJob) => store.jobs.retry(claimed.lease, { error: 'later', delayMs: 0, countAttempt: true });
  /** Odoo does it, and the answer is lost; or it is lost on the way there. */
  const losing = (done: boolean): OdooClient => ({
    ...odoo,
    async call(call) {
      if (call.readOnly) return odoo.call(call);
      if (done) await odoo.call(call);
      throw new OdooError('unknown-outcome', 'The connection broke.');
    },
  });
  const prices = async () =>
    (await searchAll(odoo, { model: 'product.template', domain: [['id', 'in', ids]], fields: ['list_price'] })).map((row) =>
      Number(row.list_price),
    );
  const [five, seven] = [{ $add: 5 }, { $add: 7 }];

  it('are worked out when they are written: numbers and times; what is empty stays so', async () => {
    const [order] = await searchAll(odoo, { model: 'mrp.production', fields: ['date_start'], limit: 1 });
    await add('price', [{ id: ids[0], list_price: { $add: -2.5 } }]);
    await add('time', [{ id: order?.id, date_start: { $add: { hours: 1, minutes: 30 } } }], 'mrp.production');
    await doJob(await claim());
    await doJob(await claim());
    assert.deepEqual(await prices(), [7.5, 20]);
    const [moved] = await searchAll(odoo, { model: 'mrp.production', domain: [['id', '=', order?.id]], fields: ['date_start'] });
    assert.equal(Date.parse(`${moved?.date_start}Z`) - Date.parse(`${order?.date_start}Z`), 90 * 60_000);
  });

  for (const done of [true, false])
    it(`are added once when an answer was lost ${done ? 'after' : 'before'} Odoo had done it`, async () => {
      await add('lost', [{ id: ids[0], list_price: five }]);
      const first = await claim();
      await assert.rejects(doWriteJob(store, losing(done), first, HOLD, 'test'));
      await later(first);
      await sleep(250);
      assert.deepEqual(await doJob(await claim()), ['updated']);
      assert.deepEqual(await prices(), [15, 20]);
    });

  it('wait for another one of which it is not known whether it was done', async () => {
    await add('first', [{ id: ids[0], list_price: five }]);
    const first = await claim();
    await assert.rejects(doWriteJob(store, losing(true), first, HOLD, 'test'));
    await add('second', [{ id: ids[0], list_price: seven }]);
    await add('other', [{ id: ids[1], list_price: seven }]);
    await store.jobs.retry(first.lease, { error: 'later', delayMs: 100, countAttempt: true });
    const second = await claim();
    await assert.rejects(doWriteJob(store, odoo, second, HOLD, 'test'), OutOfTurn);
    assert.deepEqual(await doJob(await claim()), ['updated'], 'another record has nothing to wait for');
    await later(second);
    await sleep(150);
    assert.deepEqual(await doJob(await claim()), ['updated']);
    assert.deepEqual(await doJob(await claim()), ['updated']);
    assert.deepEqual(await prices(), [22, 27]);
  });

  it('are added also when a later one was done first', async () => {
    await add('first', [{ id: ids[0], list_price: five }]);
    const first = await claim();
    await store.jobs.retry(first.lease, { error: 'Odoo was away', delayMs: 50, countAttempt: false });
    await add('second', [{ id: ids[0], list_price: seven }]);
    await doJob(await claim());
    await sleep(60);
    await doJob(await claim());
    assert.deepEqual(await prices(), [22, 20]);
  });

  it('are left to a person where somebody else changed the record after the answer was lost; the others go on', async () => {
    await add(
      'lost',
      ids.map((id) => ({ id, list_price: five })),
    );
    const first = await claim();
    await assert.rejects(doWriteJob(store, losing(false), first, HOLD, 'test'));
    await odoo.call({ model: 'product.template', method: 'write', ids: [ids[0] ?? 0], args: { vals: { list_price: 99 } } });
    await later(first);
    await sleep(250);
    const again = await claim();
    const { outcomes } = await doWriteJob(store, odoo, again, HOLD, 'test');
    assert.deepEqual(
      outcomes.map(({ outcome, error }) => [outcome, error?.code]),
      [
        ['refused', 'unknown-outcome'],
        ['updated', undefined],
      ],
    );
    assert.match(outcomes[0]?.error?.message ?? '', /somebody else has changed the record since: list_price holds 99/);
    assert.deepEqual(await prices(), [99, 25]);
  });
});
