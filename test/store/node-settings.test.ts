import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { DeployedNode } from '../../lib/store/node-settings.ts';
import { type OpenedStore, testStores } from '../support/stores.ts';

for (const target of testStores()) {
  describe(`settings in the audit on ${target.name}`, function () {
    this.timeout(30_000);
    let opened: OpenedStore;
    let home: string;
    before(async () => {
      opened = await target.open();
    });
    after(() => opened.end());
    beforeEach(() => {
      home = uuidv7();
    });

    const write = (settings: object, more: object = {}): DeployedNode => ({
      id: `${home}-write`,
      type: 'odoo-write',
      settings: { name: 'Write', batchSize: 1000, ...settings },
      ...more,
    });
    const deploy = (nodes: readonly DeployedNode[], who = 'anna') => opened.store.settings.record({ home, who, nodes });
    /** What was told since the home's first deployment. */
    const told = async () =>
      (await opened.audit())
        .filter(({ subject }) => subject.includes(home))
        .map(({ who, what, detail }) => ({ who, what, detail }));

    it('tells what each new node is set to, and nothing when the same is deployed again', async () => {
      await deploy([write({ model: 'res.partner' })]);
      await Promise.all([1, 2, 3].map(() => deploy([write({ model: 'res.partner' })], 'another instance')));
      const settings = { name: 'Write', batchSize: 1000, model: 'res.partner' };
      assert.deepEqual(await told(), [
        { who: 'anna', what: 'settings.added', detail: { type: 'odoo-write', name: 'Write', settings } },
      ]);
    });

    it('tells the old and the new value of each changed field, once, and by whom', async () => {
      await deploy([write({ model: 'res.partner', rules: [{ owner: 'buyer' }] })]);
      const after = [write({ batchSize: 500, model: 'res.partner', rules: [{ owner: 'planner' }] })];
      await Promise.all([1, 2, 3].map(() => deploy(after, 'ben')));
      assert.deepEqual((await told()).slice(1), [
        {
          who: 'ben',
          what: 'settings.changed',
          detail: {
            type: 'odoo-write',
            name: 'Write',
            changed: {
              batchSize: { before: 1000, after: 500 },
              rules: { before: [{ owner: 'buyer' }], after: [{ owner: 'planner' }] },
            },
          },
        },
      ]);
    });

    it('tells what a removed node was set to', async () => {
      await deploy([write({})]);
      await deploy([]);
      await deploy([]);
      assert.deepEqual(
        (await told()).map(({ what }) => what),
        ['settings.added', 'settings.removed'],
      );
    });

    it('tells that credentials changed, and no secret', async () => {
      await deploy([write({ context: '{"password":"old-secret"}' })]);
      await deploy([write({ context: '{"password":"new-secret"}' }, { newCredentials: true })]);
      const [added, changed] = await told();
      assert.equal(added?.detail.settings && (added.detail.settings as { context: string }).context, '{"password":"•••"}');
      assert.deepEqual(changed?.detail, { type: 'odoo-write', name: 'Write', changed: {}, hidden: ['credentials'] });
      assert.doesNotMatch(JSON.stringify(await told()), /old-secret|new-secret/);
    });

    it('leaves alone what other flows on the same store have', async () => {
      await deploy([write({})]);
      await opened.store.settings.record({ home: uuidv7(), who: 'carl', nodes: [] });
      await deploy([write({})]);
      assert.equal((await told()).length, 1);
    });
  });
}
