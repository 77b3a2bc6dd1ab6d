import assert from 'node:assert/strict';
import { type OpenedStore, testStores } from '../support/stores.ts';

for (const target of testStores()) {
  describe(`subscriptions on ${target.name}`, function () {
    this.timeout(30_000);
    let opened: OpenedStore;
    before(async () => {
      opened = await target.open();
    });
    after(() => opened.end());
    const here = { broker: 'mqtt://broker', client: 'a', owner: 'node' };

    it('tell what a client was subscribed to before, until it has ended', async () => {
      const { subscriptions } = opened.store;
      assert.deepEqual(await subscriptions.begin(here, 'acme/WH/+'), []);
      assert.deepEqual(await subscriptions.begin(here, 'acme/WH2/+'), ['acme/WH/+']);
      assert.deepEqual(await subscriptions.begin({ ...here, broker: 'mqtt://other' }, 'acme/WH2/+'), []);
      assert.deepEqual(await subscriptions.of(here), ['acme/WH/+', 'acme/WH2/+']);
      await subscriptions.ended(here, ['acme/WH/+']);
      assert.deepEqual(await subscriptions.begin(here, 'acme/WH2/+'), []);
    });

    it('tell the clients of a node, but not those that another node has come in with since', async () => {
      const { subscriptions } = opened.store;
      for (const client of ['a', 'b']) await subscriptions.begin({ ...here, client }, 'c/#');
      assert.deepEqual(await subscriptions.clients(here), ['a', 'b']);
      const other = { ...here, client: 'b', owner: 'other' };
      await subscriptions.begin(other, 'c/#');
      assert.deepEqual(await subscriptions.clients(here), ['a']);
      assert.deepEqual(await subscriptions.of({ ...here, client: 'b' }), []);
      assert.deepEqual(await subscriptions.clients(other), ['b']);
    });
  });
}
