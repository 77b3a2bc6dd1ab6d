/** Approval, roll-back and lineage over HTTP: the shipped flow in a real Node-RED, on every Odoo there is. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Difference } from '../../lib/forecast/versions/difference.ts';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import type { Lineage } from '../../lib/store/versions/lineage.ts';
import type { Version } from '../../lib/store/versions/read.ts';
import { type RunningNodeRed, startNodeRed } from '../../sandbox/node-red.ts';
import { freePort } from '../support/ports.ts';
import { odooServers } from '../support/servers.ts';

for (const target of odooServers()) {
  describe(`approval of a forecast on ${target.name}`, function () {
    this.timeout(120_000);
    const [made, bought] = target.name === 'sandbox' ? ['BIKE-CITY', 'TYRE-28'] : ['FURN_9666', 'FURN_6666'];
    const month = new Date().toISOString().slice(0, 7);
    // Quantities that no run before asked for, on a server that has seen some.
    const quantity = 9_000 + (Date.now() % 1_000);
    const csvOf = (ofMade: number, ofBought: number) =>
      `product,location,period,quantity,uom\n${made},WH,${month},${ofMade},Units\n${bought},WH,${month},${ofBought},Units`;
    let home: string;
    let env: Record<string, string>;
    let nodeRed: RunningNodeRed;
    let odoo: OdooClient;

    const start = async () => {
      nodeRed = await startNodeRed({ home, port: await freePort(), env, quiet: true });
      await nodeRed.ready;
    };
    before(async () => {
      const { url, database, login, password, apiKey = '' } = await target.start();
      home = await mkdtemp(join(tmpdir(), 'planbridge-approval-'));
      env = {
        ODOO_URL: url,
        ODOO_DB: database,
        ODOO_LOGIN: login,
        ODOO_PASSWORD: password,
        ODOO_API_KEY: apiKey,
        PLANBRIDGE_STORE: '',
        PLANBRIDGE_TOKENS: 'anna:the-token-of-annas,ben[approve]:the-token-of-bens',
      };
      odoo = openOdoo({ url, database, login, password });
      await start();
    });
    after(async () => {
      await nodeRed?.stop();
      await odoo?.close();
      await target.stop();
      await rm(home, { recursive: true, force: true });
    });

    const ask = async <Answer>(who: 'anna' | 'ben', method: string, path: string, body?: string, type = 'application/json') => {
      const headers = { authorization: `Bearer the-token-of-${who}s`, 'content-type': type };
      const answer = await fetch(`${nodeRed.url}/planning${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
      return { status: answer.status, body: (await answer.json()) as Answer & { error: string } };
    };
    const get = async <Answer>(path: string) => (await ask<Answer>('anna', 'GET', path)).body;
    const decide = (who: 'anna' | 'ben', path: string, body: object) => ask<Version>(who, 'POST', path, JSON.stringify(body));
    const reaches = async <Thing>(look: () => Promise<Thing>, done: (thing: Thing) => boolean): Promise<Thing> => {
      let thing = await look();
      for (let attempt = 0; attempt < 600 && !done(thing); attempt++) {
        await sleep(100);
        thing = await look();
      }
      assert.ok(done(thing), JSON.stringify(thing));
      return thing;
    };
    const imported = async (csv: string): Promise<RunSummary> => {
      const { status, body } = await ask<RunSummary>('anna', 'POST', '/forecasts', csv, 'text/csv');
      assert.equal(status, 202, body.error);
      return reaches(
        () => get<RunSummary>(`/runs/${body.run}`),
        ({ state }) => /^applied|^failed|^awaiting/.test(state),
      );
    };
    const versionIn = (id: string | null, state: string) =>
      reaches(
        () => get<Version[]>('/versions').then((versions) => versions.find((version) => version.id === id)),
        (version) => version?.state === state,
      );
    const ruleOf = async (code: string) => {
      const [rule] = await searchAll(odoo, {
        model: 'stock.warehouse.orderpoint',
        domain: [['product_id.default_code', '=', code]],
        fields: ['product_min_qty', 'product_max_qty'],
      });
      return rule;
    };
    const ordersOf = (code: string) =>
      searchAll(odoo, {
        model: 'mrp.production',
        domain: [['product_id.default_code', '=', code]],
        fields: ['name', 'product_qty', 'state', 'orderpoint_id'],
      });

    let first: RunSummary;
    let doubled: RunSummary;
    let before1: [unknown, unknown];

    it('takes nothing from, and tells nothing to, whom it does not know', async () => {
      const post = { method: 'POST', headers: { 'content-type': 'text/csv' }, body: csvOf(1, 1) };
      for (const answer of [
        await fetch(`${nodeRed.url}/planning/forecasts`, post),
        await fetch(`${nodeRed.url}/planning/runs/none`),
        await fetch(`${nodeRed.url}/planning/baseline`),
        await fetch(`${nodeRed.url}/planning/dead-letters`),
      ])
        assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [401, 'Bearer'], answer.url);
    });

    it('releases the first version by itself, and makes it the planning baseline', async () => {
      first = await imported(csvOf(quantity, quantity));
      assert.deepEqual([first.state, first.applied], ['applied', 2], first.error);
      await versionIn(first.version, 'released');
      const { lines } = await get<{ lines: object[] }>(`/baseline?product=${made}&location=WH`);
      assert.deepEqual(lines, [{ product: made, location: 'WH', period: month, quantity: String(quantity), uom: 'Units' }]);
      before1 = [await ruleOf(made), await ruleOf(bought)];
    });

    it('costs no call to Odoo for what did not change', async () => {
      const again = await imported(csvOf(quantity, quantity));
      assert.deepEqual([again.state, again.applied, again.unchanged], ['applied', 0, 2]);
      first = again;
      await versionIn(first.version, 'released');
    });

    it('lets a doubled product wait, with its difference and what would change in Odoo', async () => {
      doubled = await imported(csvOf(2 * quantity, quantity));
      assert.equal(doubled.state, 'awaiting-approval', doubled.error);
      const version = await versionIn(doubled.version, 'awaiting-approval');
      assert.ok(version);
      assert.equal(version.requester, 'anna');
      const { changes, total } = version.difference as Difference;
      assert.deepEqual(
        changes.map(({ product, percent }) => [product, percent]),
        [[made, 100]],
      );
      assert.deepEqual([total.new, total.gone, total.changed, total.unchanged], [0, 0, 1, 1]);
      assert.ok(
        version.why.some((reason) => reason.includes(`${made} at WH changes by 100 % in ${month}`)),
        version.why.join(),
      );
      const preview = await reaches(
        () =>
          get<{ product: string; model: string; outcome: string; changed: Record<string, number> }[]>(
            `/versions/${doubled.version}/preview`,
          ),
        (told) => told.length > 0,
      );
      assert.deepEqual(
        preview.map(({ product, model, outcome }) => [product, model, outcome]),
        [[made, 'stock.warehouse.orderpoint', 'updated']],
      );
      const standing = before1[0] as Record<string, number>;
      assert.ok(Number(preview[0]?.changed.product_max_qty) > Number(standing.product_max_qty));
      assert.deepEqual([await ruleOf(made), await ruleOf(bought)], before1);
    });

    it('refuses approval by the one who sent it, also after a restart', async () => {
      await nodeRed.stop();
      await start();
      const own = await decide('anna', `/runs/${doubled.run}/approve`, { by: 'ben', comment: 'mine' });
      assert.equal(own.status, 403, JSON.stringify(own.body));
      assert.equal((await get<RunSummary>(`/runs/${doubled.run}`)).state, 'awaiting-approval');
    });

    it('is released once another approves: the rule is raised, and the order follows', async () => {
      const { status, body } = await decide('ben', `/runs/${doubled.run}/approve`, { comment: 'agreed with sales' });
      assert.equal(status, 202, body.error);
      const summary = await reaches(
        () => get<RunSummary>(`/runs/${doubled.run}`),
        ({ state }) => /^applied|^failed/.test(state),
      );
      assert.deepEqual([summary.state, summary.applied, summary.unchanged], ['applied', 1, 1], summary.error);
      await versionIn(doubled.version, 'released');
      await versionIn(first.version, 'superseded');
      const raised = await ruleOf(made);
      assert.ok(Number(raised?.product_max_qty) > Number((before1[0] as typeof raised)?.product_max_qty));
      assert.deepEqual(await ruleOf(bought), before1[1]);
    });

    it('follows the doubled line to its version, its rule and its order, and back', async () => {
      const [newest] = await reaches(
        () => get<Lineage[]>(`/lineage?product=${made}`),
        ([found]) => (found?.orders.length ?? 0) > 0,
      );
      assert.ok(newest);
      assert.deepEqual([newest.version, newest.run], [doubled.version, doubled.run]);
      assert.deepEqual(newest.periods, [{ period: month, quantity: String(2 * quantity), lines: [[2, String(2 * quantity)]] }]);
      assert.deepEqual(
        newest.records.map(({ model }) => model),
        ['stock.warehouse.orderpoint'],
      );
      assert.equal(newest.records[0]?.record, (await ruleOf(made))?.id);
      const order = newest.orders.find(({ model }) => model === 'mrp.production');
      assert.ok((await ordersOf(made)).some(({ id, name }) => id === order?.record && name === order?.name));
      const [back] = await get<Lineage[]>(`/lineage?model=mrp.production&record=${order?.record}`);
      assert.equal(back?.version, newest.version);
    });

    it('rolls back: the rule holds again what it held, and the earlier version is the baseline', async () => {
      const missing = await decide('ben', `/versions/${doubled.version}/roll-back`, {});
      assert.equal(missing.status, 400);
      const { status, body } = await decide('ben', `/versions/${doubled.version}/roll-back`, { comment: 'sales were wrong' });
      assert.equal(status, 202, body.error);
      await versionIn(doubled.version, 'rolled-back');
      assert.deepEqual([await ruleOf(made), await ruleOf(bought)], before1);
      const { version } = await get<{ version: string }>('/baseline');
      assert.equal(version, first.version);
      const [newest] = await get<Lineage[]>(`/lineage?product=${made}`);
      assert.ok(newest?.orders.every(({ undone }) => undone));
    });

    it('makes no version of a forecast in which nothing is good: the baseline stands', async () => {
      const nothing = await imported(`product,location,period,quantity,uom\nNO-SUCH-PRODUCT,WH,${month},5,Units`);
      assert.deepEqual([nothing.state, nothing.received, nothing.applied], ['applied-with-exceptions', 1, 0], nothing.error);
      assert.ok(!(await get<Version[]>('/versions')).some(({ run }) => run === nothing.run));
      assert.equal((await get<{ version: string }>('/baseline')).version, first.version);
    });
  });
}
