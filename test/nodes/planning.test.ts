import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { FlowRecord } from '../../lib/canonical/marks.ts';
import type { Refusal } from '../../lib/exceptions/refusal.ts';
import type { Route } from '../../lib/exceptions/routing.ts';
import { VersionCollector } from '../../lib/forecast/versions/collect.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import canonicalMap from '../../nodes/canonical-map/canonical-map.ts';
import exceptionRoute from '../../nodes/exception-route/exception-route.ts';
import forecastReceive from '../../nodes/forecast-receive/forecast-receive.ts';
import forecastTarget from '../../nodes/forecast-target/forecast-target.ts';
import forecastValidate from '../../nodes/forecast-validate/forecast-validate.ts';
import { releasedVersion } from '../support/released-version.ts';
import { odooServers, type TestServer } from '../support/servers.ts';
import { nodeOf, sentTo, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

const PRODUCTS = {
  sandbox: { made: 'BIKE-CITY', bought: 'TYRE-28', sourceless: 'POSTER-26' },
  odoo: { made: 'FURN_9666', bought: 'FURN_6666', sourceless: 'FURN_0096' },
};

for (const target of odooServers()) {
  describe(`the planning nodes on ${target.name}`, function () {
    this.timeout(60_000);
    const { made, bought, sourceless } = target.name === 'sandbox' ? PRODUCTS.sandbox : PRODUCTS.odoo;
    let odoo: TestServer;
    before(async () => {
      odoo = await target.start();
    });
    after(() => target.stop());
    beforeEach(() =>
      startFlow(
        [canonicalMap, exceptionRoute, forecastReceive, forecastTarget, forecastValidate],
        [
          { id: 'receive', type: 'forecast-receive', store: 'store', wires: [['reply'], ['in']] },
          { id: 'reply', type: 'helper' },
          {
            id: 'in',
            type: 'canonical-map',
            preset: 'forecast-default',
            server: 'odoo',
            wires: [
              ['validate', 'mapped'],
              ['route', 'refused'],
            ],
          },
          { id: 'mapped', type: 'helper' },
          { id: 'refused', type: 'helper' },
          {
            id: 'validate',
            type: 'forecast-validate',
            server: 'odoo',
            insideLeadTime: 'off',
            store: 'store',
            deviations: [{ percent: 50, quantity: 10 }],
            wires: [
              ['target', 'accepted'],
              ['route', 'held'],
            ],
          },
          { id: 'accepted', type: 'helper' },
          { id: 'held', type: 'helper' },
          { id: 'target', type: 'forecast-target', server: 'odoo', wires: [['out', 'rules']] },
          { id: 'rules', type: 'helper' },
          {
            id: 'out',
            type: 'canonical-map',
            preset: 'odoo-reordering-rules',
            server: 'odoo',
            wires: [['values'], ['unmapped']],
          },
          { id: 'values', type: 'helper' },
          { id: 'unmapped', type: 'helper' },
          {
            id: 'route',
            type: 'exception-route',
            store: 'store',
            rules: [{ reason: 'NO_SUPPLY_SOURCE', product: '*', owner: 'integration' }],
            wires: [['planner'], ['buyer'], ['master-data'], ['integration']],
          },
          ...['planner', 'buyer', 'master-data', 'integration', 'caught'].map((id) => ({ id, type: 'helper' })),
          { id: 'catching', type: 'catch', scope: null, wires: [['caught']] },
        ],
        { odoo },
      ),
    );
    afterEach(stopFlow);

    const month = (ahead: number) => {
      const today = new Date();
      return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1)).toISOString().slice(0, 7);
    };
    const row = (product: string, more: Record<string, unknown> = {}) => ({
      product,
      location: 'WH',
      period: month(1),
      quantity: 60,
      uom: 'Units',
      ...more,
    });
    const routed = (id: string) => sentTo(id).flatMap(({ payload }) => payload as (Refusal & Route)[]);

    it('bring each line to Odoo’s values or to its owner, with every line counted', async () => {
      nodeOf('receive').receive({
        payload: [
          row(made),
          row(bought, { quantity: '12' }),
          row(bought, { period: month(2), quantity: '24' }),
          row('NO-SUCH-PRODUCT'),
          row(sourceless),
          row(made, { quantity: 'plenty' }),
          row(made),
        ],
      });
      const [values] = await waitFor('values');
      const opened = await store();
      const run = values?.sync?.run ?? '';
      await until(async () => (await opened.runs.summary(run))?.exceptionCount === 4);
      assert.deepEqual(sentTo('caught'), []);
      const { received, accepted, held, rejected, quantity } = (await opened.runs.summary(run)) ?? assert.fail('no run');
      assert.deepEqual({ received, accepted, held, rejected }, { received: 7, accepted: 3, held: 3, rejected: 1 });
      assert.deepEqual([quantity.accepted, quantity.held], [96, 180]);

      const { mappings = [], rules = [] } = values?.sync ?? {};
      assert.deepEqual(
        mappings.map((name) => name.split('@')[0]),
        ['forecast-default', 'odoo-reordering-rules'],
      );
      assert.ok(rules.includes('UNKNOWN_PRODUCT:default_code') && !rules.some((rule) => rule.startsWith('INSIDE_LEAD_TIME')));
      const written = values?.payload as Record<string, unknown>[];
      assert.equal(written.length, 2);
      assert.ok(written.every((record) => typeof record.product_id === 'number' && typeof record.location_id === 'number'));
      assert.deepEqual(
        written.map(({ $source }) => $source),
        [
          { lines: 1, quantity: '60' },
          { lines: 2, quantity: '36' },
        ],
      );
      const { model, keys, fillEmpty } = (values?.target ?? {}) as { model: string; keys: string[]; fillEmpty: string[] };
      assert.deepEqual([model, keys], ['stock.warehouse.orderpoint', ['product_id', 'location_id', 'company_id']]);
      assert.ok(fillEmpty.includes('trigger'));

      assert.deepEqual(
        ['planner', 'buyer', 'master-data', 'integration'].map((id) => routed(id).map(({ reason, line }) => [reason, line])),
        [
          [
            ['MALFORMED', 6],
            ['DUPLICATE_LINE', 7],
          ],
          [],
          [['UNKNOWN_PRODUCT', 4]],
          [['NO_SUPPLY_SOURCE', 5]],
        ],
      );
      assert.ok(['planner', 'master-data', 'integration'].every((id) => routed(id).every((r) => r.owner === id && r.action)));
    });

    it('complete the sequence of a run of which nothing is left', async () => {
      nodeOf('receive').receive({ payload: [row('NO-SUCH-PRODUCT'), row(made, { quantity: 'plenty' })] });
      for (const id of ['mapped', 'accepted', 'rules', 'values']) {
        const [message] = await waitFor(id);
        const { index, count } = message?.parts ?? {};
        assert.deepEqual([index, count], [0, 1], id);
      }
      assert.deepEqual(sentTo('values')[0]?.payload, []);
    });

    it('sum a run over its parts, and find its duplicates in any of them', async () => {
      const parts = (message: Partial<FlowMessage>, id: string) => {
        nodeOf('validate').receive({ ...message, payload: [row(bought, { quantity: '10' })], parts: { id, index: 0, count: 2 } });
        nodeOf('validate').receive({
          ...message,
          payload: [row(bought, { quantity: '7' }), row(bought, { period: month(2), quantity: '5' })],
          parts: { id, index: 1, count: 2 },
        });
      };
      const run = uuidv7();
      parts({ sync: { run } }, run);
      // A sequence that another node made is one too.
      parts({}, 'a-sequence');
      const rules = await waitFor('rules', 2);
      for (const { payload } of rules)
        assert.deepEqual(
          (payload as { $source: unknown }[]).map(({ $source }) => $source),
          [{ lines: 2, quantity: '15' }],
        );
      assert.deepEqual(
        sentTo('held').flatMap(({ payload }) => (payload as Refusal[]).map(({ reason }) => reason)),
        ['DUPLICATE_LINE', 'DUPLICATE_LINE'],
      );
      assert.equal(rules[0]?.parts?.id, run);
    });

    it('hold a line that deviates from the latest released version of its interface', async () => {
      const check = (quantity: number) =>
        nodeOf('validate').receive({ payload: [row(made, { quantity })], sync: { interface: 'forecast-import' } });
      check(60);
      const [first] = await waitFor('accepted');
      const collector = new VersionCollector();
      await collector.add(first?.payload as FlowRecord[]);
      const items = await collector.items();
      assert.match(items[0]?.group ?? '', /\w/);
      check(600);
      await waitFor('accepted', 2);
      assert.deepEqual(sentTo('held'), [], 'there is no baseline yet');
      await releasedVersion(await store(), 'forecast-import', items);
      check(90);
      check(91);
      nodeOf('validate').receive({ payload: [row(made, { quantity: 600 })], sync: { interface: 'another' } });
      const accepted = await waitFor('accepted', 5);
      const [held] = await waitFor('held');
      assert.deepEqual(
        accepted.slice(2).map(({ payload }) => (payload as FlowRecord[]).map(({ quantity }) => quantity)),
        [['90'], [], ['600']],
      );
      const [refusal] = (held?.payload ?? []) as Refusal[];
      assert.equal(refusal?.reason, 'DEVIATION_EXCEEDED');
      assert.match(refusal?.message ?? '', /changes by 51\.67 % in .*, from 60 to 91 Units; the limit is 50 % and 10 Units\.$/);
    });

    it('say in words what a message lacks', async () => {
      nodeOf('in').receive({ payload: 'product,location' });
      nodeOf('route').receive({ payload: [{ reason: 'NO_SUCH_REASON', message: 'x' }] });
      nodeOf('target').receive({ payload: [{ product: made }] });
      const caught = await waitFor('caught', 3);
      const codes = caught.map(({ error }) => (error as { code?: string }).code);
      assert.deepEqual(codes.sort(), ['payload', 'payload', 'settings']);
    });
  });
}
