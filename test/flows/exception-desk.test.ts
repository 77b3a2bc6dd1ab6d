/** What is mended in Odoo is found out: the shipped flows in a real Node-RED, on every Odoo there is. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import type { DeskException, DeskLine } from '../../lib/store/desk/read.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import forecastDefault from '../../mappings/forecast-default.json' with { type: 'json' };
import { writeFlows } from '../../sandbox/flows.ts';
import { type RunningNodeRed, startNodeRed } from '../../sandbox/node-red.ts';
import { freePort } from '../support/ports.ts';
import { odooServers } from '../support/servers.ts';

/** The default mapping, with the planner's own codes of places. */
const mappingOf = (version: number, values: Record<string, string>): string =>
  JSON.stringify({
    ...forecastDefault,
    id: 'planner-places',
    version,
    rows: forecastDefault.rows.map((row) =>
      row.to === 'location' ? { ...row, transforms: [...row.transforms, { table: { values } }] } : row,
    ),
  });

for (const target of odooServers()) {
  describe(`the exception desk's flow on ${target.name}`, function () {
    this.timeout(120_000);
    const [made, sourceless] = target.name === 'sandbox' ? ['BIKE-CITY', 'POSTER-26'] : ['FURN_9666', 'FURN_0096'];
    const month = (ahead: number) => {
      const today = new Date();
      return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1)).toISOString().slice(0, 7);
    };
    const quantity = 7_000 + (Date.now() % 1_000);
    const told: { what: string; to: string; subject: string; exception: DeskException }[] = [];
    let home: string;
    let nodeRed: RunningNodeRed;
    let odoo: OdooClient;
    let hook: Server;

    before(async () => {
      const { url, database, login, password, apiKey = '' } = await target.start();
      home = await mkdtemp(join(tmpdir(), 'planbridge-desk-'));
      hook = createServer(async (request, response) => {
        const parts: Buffer[] = [];
        for await (const part of request) parts.push(part as Buffer);
        told.push(JSON.parse(Buffer.concat(parts).toString()));
        response.end();
      });
      await new Promise<void>((listening) => hook.listen(0, '127.0.0.1', listening));
      const env = {
        ODOO_URL: url,
        ODOO_DB: database,
        ODOO_LOGIN: login,
        ODOO_PASSWORD: password,
        ODOO_API_KEY: apiKey,
        MQTT_URL: '',
        PLANBRIDGE_STORE: '',
        PLANBRIDGE_TOKENS: 'anna:the-token-of-annas,ben[approve]:the-token-of-bens',
        PLANBRIDGE_WEBHOOK: `http://127.0.0.1:${(hook.address() as AddressInfo).port}`,
        PLANBRIDGE_BUYER: 'buyers@example.com',
      };
      odoo = openOdoo({ url, database, login, password });
      const mapped = { source: 'inline', mapping: mappingOf(1, { WH: 'WH' }) };
      await writeFlows(home, ['forecast-import', 'exception-desk'], { 'map-in': mapped });
      nodeRed = await startNodeRed({ home, port: await freePort(), env, quiet: true });
      await nodeRed.ready;
    });
    after(async () => {
      await nodeRed?.stop();
      hook?.close();
      await cleared();
      await odoo?.close();
      await target.stop();
      await rm(home, { recursive: true, force: true });
    });

    /** The product is without a vendor, a rule and an activity, for whoever tests on this Odoo after us. */
    const cleared = async () => {
      const of: [string, string][] = [
        ['product.supplierinfo', 'product_tmpl_id.product_variant_ids.default_code'],
        ['stock.warehouse.orderpoint', 'product_id.default_code'],
      ];
      const wanted: [string, unknown[]][] = of.map(([model, field]) => [model, [[field, '=', sourceless]]]);
      wanted.push(['mail.activity', [['summary', '=', `Planbridge: NO_SUPPLY_SOURCE:${sourceless}`]]]);
      for (const [model, domain] of wanted) {
        const ids = (await searchAll(odoo, { model, domain, fields: ['id'] })).map(({ id }) => id as number);
        if (ids.length > 0) await odoo.call({ model, method: 'unlink', ids, args: {} });
      }
    };
    const ask = async <Answer>(method: string, path: string, body?: string, type = 'application/json') => {
      const headers = { authorization: 'Bearer the-token-of-annas', 'content-type': type };
      const answer = await fetch(`${nodeRed.url}/planning${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
      return { status: answer.status, body: (await answer.json()) as Answer & { error: string } };
    };
    const reaches = async <Thing>(look: () => Promise<Thing>, done: (thing: Thing) => boolean): Promise<Thing> => {
      let thing = await look();
      for (let attempt = 0; attempt < 600 && !done(thing); attempt++) {
        await sleep(100);
        thing = await look();
      }
      assert.ok(done(thing), JSON.stringify(thing));
      return thing;
    };
    const runIs = (run: string, state: RegExp) =>
      reaches(
        async () => (await ask<RunSummary>('GET', `/runs/${run}`)).body,
        (summary) => state.test(summary.state),
      );
    const listed = async (query = '') => (await ask<DeskException[]>('GET', `/exceptions${query}`)).body;
    const show = async (id: string) => (await ask<DeskException & { behind: DeskLine[] }>('GET', `/exceptions/${id}`)).body;
    const press = (button: string) => fetch(`${nodeRed.url}/inject/${button}`, { method: 'POST' });
    /** Looks until the exception is resolved: a run that is still being written is left for the next look. */
    const mended = (exception: string) =>
      reaches(
        async () => {
          await press('xd-now');
          return show(exception);
        },
        ({ state }) => state === 'resolved',
      );
    const productOf = async (code: string) => {
      const [product] = await searchAll(odoo, {
        model: 'product.product',
        domain: [['default_code', '=', code]],
        fields: ['product_tmpl_id'],
      });
      assert.ok(product);
      return { id: product.id as number, template: (product.product_tmpl_id as [number, string])[0] };
    };

    let run: string;
    let id: string;

    it('shows what is held as one exception, with its lines', async () => {
      const csv = [
        'product,location,period,quantity,uom',
        `${sourceless},WH,${month(1)},12,Units`,
        `${sourceless},WH,${month(2)},8,Units`,
        `${made},MAIN,${month(12)},${quantity},Units`,
        // Enough for the others to be a small change.
        ...Array.from({ length: 12 }, (_, ahead) => `${made},WH,${month(ahead)},${quantity},Units`),
      ];
      const { status, body } = await ask<RunSummary>('POST', '/forecasts', csv.join('\n'), 'text/csv');
      assert.equal(status, 202, body.error);
      run = body.run;
      const { held, rejected } = await runIs(run, /^applied/);
      assert.deepEqual([held, rejected], [2, 1]);
      const [exception, ...others] = await listed('?owner=buyer');
      assert.ok(exception);
      assert.deepEqual(others, []);
      id = exception.id;
      const { reason, products, lines, quantity: waiting, state, runs } = exception;
      assert.deepEqual(
        { reason, products, lines, waiting, state, runs },
        { reason: 'NO_SUPPLY_SOURCE', products: [sourceless], lines: 2, waiting: 20, state: 'open', runs: [run] },
      );
      assert.deepEqual(
        (await show(id)).behind.map(({ line }) => line),
        [2, 3],
      );
    });

    it('lets a person act on it, by the name of the request', async () => {
      const acknowledged = await ask<DeskException>('POST', `/exceptions/${id}/acknowledge`, '{}');
      assert.deepEqual([acknowledged.status, acknowledged.body.state], [200, 'acknowledged']);
      const mute = await ask('POST', `/exceptions/${id}/resolve`, '{}');
      assert.equal(mute.status, 400);
      assert.match(mute.body.error, /needs a comment/);
      const missing = await ask('POST', '/exceptions/none/redrive', '{}');
      assert.equal(missing.status, 404);
      const unknown = await fetch(`${nodeRed.url}/planning/exceptions`);
      assert.equal(unknown.status, 401);
    });

    it('tells the owner, and makes one activity on the product in Odoo', async () => {
      assert.equal((await press('xd-now')).status, 200);
      await reaches(
        async () => told,
        (notices) => notices.some(({ what, exception }) => what === 'new' && exception.id === id),
      );
      const [notice] = told.filter(({ exception }) => exception.id === id);
      assert.equal(notice?.to, 'buyers@example.com');
      assert.match(notice?.subject ?? '', new RegExp(`New: NO_SUPPLY_SOURCE ${sourceless}`));
      const activities = () =>
        searchAll(odoo, {
          model: 'mail.activity',
          domain: [['summary', '=', `Planbridge: NO_SUPPLY_SOURCE:${sourceless}`]],
          fields: ['res_id'],
        });
      const product = await productOf(sourceless ?? '');
      const found = await reaches(activities, (some) => some.length > 0);
      assert.deepEqual(
        found.map(({ res_id }) => res_id),
        [product.id],
      );
      assert.equal((await show(id)).state, 'acknowledged', 'nothing is mended yet');
    });

    it('releases the lines once the missing vendor is there, without a new import, and is resolved by name', async () => {
      const { template } = await productOf(sourceless ?? '');
      const [vendor] = await searchAll(odoo, { model: 'res.partner', domain: [['is_company', '=', true]], fields: ['name'] });
      const fields = await (await odoo.profile()).fields('product.supplierinfo');
      const partner = fields.partner_id ? 'partner_id' : 'name';
      const values = { product_tmpl_id: template, [partner]: vendor?.id, min_qty: 1, price: 5, delay: 0 };
      await odoo.call({ model: 'product.supplierinfo', method: 'create', args: { vals_list: [values] } });

      const resolved = await mended(id);
      assert.equal(resolved.comment, `Supplier added: ${sourceless}`);
      const summary = await reaches(
        async () => (await ask<RunSummary>('GET', `/runs/${run}`)).body,
        ({ state, held }) => /^applied/.test(state) && held === 0,
      );
      assert.deepEqual([summary.received, summary.accepted, summary.quantity.held], [15, 14, 0], summary.error);
      const rules = await searchAll(odoo, {
        model: 'stock.warehouse.orderpoint',
        domain: [['product_id.default_code', '=', sourceless]],
        fields: ['product_max_qty'],
      });
      assert.equal(rules.length, 1);
      assert.ok(Number(rules[0]?.product_max_qty) > 0);
      assert.deepEqual(await listed('?owner=buyer'), []);
      assert.ok(
        (
          await reaches(
            async () => told,
            (all) => all.some(({ what }) => what === 'resolved'),
          )
        ).length > 1,
      );
    });

    it('releases what no mapping took, once the entry is added to it', async () => {
      const [unmapped] = await listed('?reason=UNMAPPED');
      assert.ok(unmapped);
      const headers = { 'content-type': 'application/json', 'node-red-api-version': 'v2', 'node-red-deployment-type': 'nodes' };
      const deployed = (await (await fetch(`${nodeRed.url}/flows`, { headers })).json()) as { flows: { id: string }[] };
      const mapping = mappingOf(2, { WH: 'WH', MAIN: 'WH' });
      const flows = deployed.flows.map((node) => (node.id === 'map-in' ? { ...node, mapping } : node));
      const body = JSON.stringify({ ...deployed, flows });
      assert.equal((await fetch(`${nodeRed.url}/flows`, { method: 'POST', headers, body })).status, 200);

      const { comment } = await mended(unmapped.id);
      assert.equal(comment, 'Mapping entry added: location MAIN');
      const summary = await reaches(
        async () => (await ask<RunSummary>('GET', `/runs/${run}`)).body,
        ({ state, rejected }) => /^applied/.test(state) && rejected === 0,
      );
      assert.deepEqual([summary.received, summary.accepted], [15, 15], summary.error);
    });
  });
}
