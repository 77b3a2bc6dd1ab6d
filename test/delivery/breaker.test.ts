import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { breakerOf } from '../../lib/delivery/breaker.ts';
import { OutcomePending, OutOfTurn } from '../../lib/delivery/verdict.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import type { Store } from '../../lib/store/open.ts';
import { testStores } from '../support/stores.ts';

const away = new OdooError('unavailable', 'Odoo is away.');

for (const target of testStores()) {
  describe(`the circuit breaker on ${target.name}`, function () {
    this.timeout(30_000);
    let store: Store;
    let end: () => Promise<void>;
    before(async () => ({ store, end } = await target.open()));
    after(() => end());
    let count = 0;
    const fresh = () => {
      const name = `server-${process.pid}-${Date.now()}-${count++}`;
      return { one: breakerOf(store, () => name), another: breakerOf(store, () => name) };
    };
    const failTimes = async (breaker: ReturnType<typeof breakerOf>, times: number) => {
      for (let time = 0; time < times; time++) await breaker.failed(away);
    };

    it('leaves a server alone after three failures in a row, for every instance, and says why', async () => {
      const { one, another } = fresh();
      await failTimes(one, 2);
      assert.equal(await another.wait(), 0);
      await failTimes(one, 1);
      assert.ok((await another.wait()) > 300);
      const { state, failures, openUntil = 0, error } = (await another.state()) ?? {};
      assert.deepEqual([state, failures, error], ['open', 3, 'Odoo is away.']);
      assert.ok(openUntil > Date.now());
    });

    it('lets one alone find out how it is, and all go on once it answers', async () => {
      const { one, another } = fresh();
      await failTimes(one, 3);
      await sleep((await one.wait()) + 20);
      assert.equal((await another.state())?.state, 'half-open');
      const waits = await Promise.all([one.wait(), another.wait(), one.wait()]);
      assert.equal(waits.filter((wait) => wait === 0).length, 1, `${waits}`);
      await one.succeeded();
      assert.equal(await another.wait(), 0);
      assert.equal(await another.state(), undefined);
    });

    it('lets the next one find out where the one that was to did not', async () => {
      const { one, another } = fresh();
      await failTimes(one, 3);
      await sleep((await one.wait()) + 20);
      assert.equal(await one.wait(), 0);
      assert.ok((await another.wait()) > 0);
      await one.failed(new OutOfTurn(0));
      assert.equal(await another.wait(), 0);
      assert.ok((await one.wait()) > 0, 'two find out at the same time');
      await one.failed(new OutOfTurn(0));
      assert.ok((await one.wait()) > 0, "it gave back another one's turn");
    });

    it('takes a look in Odoo that was answered for an answer, and a lost one for none', async () => {
      const { one } = fresh();
      await failTimes(one, 3);
      await one.failed(new OutcomePending(Date.now(), true));
      assert.equal((await one.state())?.failures, 4);
      await one.failed(new OutcomePending(Date.now(), false));
      assert.equal(await one.state(), undefined);
    });

    it('waits longer each time that it is still away', async () => {
      const { one } = fresh();
      await failTimes(one, 8);
      assert.ok((await one.wait()) > 10_000);
    });

    it('takes a refusal for an answer', async () => {
      const { one } = fresh();
      await failTimes(one, 2);
      assert.equal((await one.state())?.state, 'closed');
      await one.failed(new OdooError('validation', 'No.'));
      await failTimes(one, 2);
      assert.equal(await one.wait(), 0);
      await one.failed(new TypeError('a fault of our own'));
      assert.equal(await one.wait(), 0);
    });
  });
}
