/** One flow for every target: what forecast target sends tells canonical map and odoo write what to do with it. */
import assert from 'node:assert/strict';
import type { Refusal } from '../../lib/exceptions/refusal.ts';
import type { OdooClient } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import canonicalMap from '../../nodes/canonical-map/canonical-map.ts';
import exceptionRoute from '../../nodes/exception-route/exception-route.ts';
import forecastReceive from '../../nodes/forecast-receive/forecast-receive.ts';
import forecastTarget from '../../nodes/forecast-target/forecast-target.ts';
import forecastValidate from '../../nodes/forecast-validate/forecast-validate.ts';
import odooWrite from '../../nodes/odoo-write/odoo-write.ts';
import { startWithPlanning } from '../support/planning-app.ts';
import { removeAll } from '../support/remove.ts';
import { odooServers, type TestServer } from '../support/servers.ts';
import { nodeOf, sentTo, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

const PRODUCTS = {
  sandbox: { made: 'BIKE-CITY', bought: 'TYRE-28' },
  odoo: { made: 'FURN_9666', bought: 'FURN_6666' },
};

for (const target of odooServers()) {
  describe(`the nodes of a target on ${target.name}`, function () {
    this.timeout(120_000);
    const { made, bought } = target.name === 'sandbox' ? PRODUCTS.sandbox : PRODUCTS.odoo;
    let server: TestServer;
    let odoo: OdooClient;
    before(async () => {
      ({ server, odoo } = await startWithPlanning(target));
      // On a server that others have worked on, the products have rules already.
      for (const product of [made, bought]) await removeAll(odoo, 'stock.warehouse.orderpoint', product);
    });
    after(async () => {
      await odoo?.close();
      await target.stop();
    });
    afterEach(stopFlow);

    const flow = (settings: Record<string, unknown>) =>
      startFlow(
        [canonicalMap, exceptionRoute, forecastReceive, forecastTarget, forecastValidate, odooWrite],
        [
          { id: 'receive', type: 'forecast-receive', store: 'store', interface: 'plan', wires: [['reply'], ['in']] },
          { id: 'reply', type: 'helper' },
          { id: 'in', type: 'canonical-map', preset: 'forecast-default', server: 'odoo', wires: [['validate'], ['route']] },
          {
            id: 'validate',
            type: 'forecast-validate',
            server: 'odoo',
            insideLeadTime: 'off',
            wires: [['target'], ['route']],
          },
          {
            id: 'target',
            type: 'forecast-target',
            server: 'odoo',
            ...settings,
            wires: [
              ['out', 'planned'],
              ['route', 'refused'],
            ],
          },
          { id: 'planned', type: 'helper' },
          { id: 'refused', type: 'helper' },
          { id: 'out', type: 'canonical-map', source: 'msg', server: 'odoo', wires: [['write'], ['route']] },
          { id: 'write', type: 'odoo-write', server: 'odoo', store: 'store', wires: [['written'], ['route']] },
          { id: 'written', type: 'helper' },
          { id: 'route', type: 'exception-route', store: 'store', rules: [], wires: [[], [], [], []] },
          { id: 'catching', type: 'catch', scope: null, wires: [['caught']] },
          { id: 'caught', type: 'helper' },
        ],
        { odoo: server },
      );
    const month = (ahead: number) => {
      const today = new Date();
      return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1)).toISOString().slice(0, 7);
    };
    const row = (product: string, quantity: string, ahead = 1) => ({
      ...{ product, location: 'WH', period: month(ahead), quantity, uom: 'Units' },
    });
    async function runOf(rows: object[]) {
      nodeOf('receive').receive({ payload: rows });
      const [reply] = await waitFor('reply');
      const { run } = (reply ?? assert.fail('no reply')).payload as { run: string };
      const { runs } = await store();
      const summary = () => runs.summary(run);
      await until(async () => sentTo('caught').length > 0 || !['received', 'applying'].includes((await summary())?.state ?? ''));
      assert.deepEqual(
        sentTo('caught').map(({ error }) => error),
        [],
      );
      return (await summary()) ?? assert.fail('no run');
    }

    it('bring orders to make and to buy into Odoo by one map and one write, with every line counted', async () => {
      await flow({ target: 'draft-orders', bucket: 'month' });
      const summary = await runOf([row(made, '60'), row(bought, '12'), row(bought, '24', 2)]);
      const { state, accepted, applied, created } = summary;
      assert.deepEqual({ state, accepted, applied, created }, { state: 'applied', accepted: 3, applied: 3, created: 3 });
      assert.deepEqual(
        sentTo('planned').map(({ mapping, parts }) => [mapping, parts?.index, parts?.count]),
        [
          ['odoo-draft-manufacturing-orders', 0, 2],
          ['odoo-draft-purchase-orders', 1, 2],
        ],
      );
      const ours = [['origin', '=like', `PB/plan/%/WH/${month(1)}`]];
      for (const model of ['mrp.production', 'purchase.order'])
        assert.equal((await searchAll(odoo, { model, domain: ours, fields: ['state'] }))[0]?.state, 'draft', model);
    });

    it('give what is planned elsewhere to its owner, with its lines counted', async () => {
      await flow({ target: 'reordering-rules' });
      const summary = await runOf([row(made, '60'), row(made, '60', 2)]);
      const { state, accepted, dead, exceptions } = summary;
      assert.deepEqual({ state, accepted, dead }, { state: 'applied-with-exceptions', accepted: 2, dead: 2 });
      assert.deepEqual(
        exceptions.map(({ reason, product, owner }) => [reason, product, owner]),
        [['DOUBLE_COUNTED', made, 'planner']],
      );
      const [refusal] = sentTo('refused').flatMap(({ payload }) => payload as Refusal[]);
      assert.match(refusal?.message ?? '', /by the draft manufacturing order .* already; its demand would be counted twice/);
    });
  });
}
