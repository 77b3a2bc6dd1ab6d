/** The whole loop in a real Node-RED, on every Odoo there is: a forecast in, orders out, what it came to back, and the fallback. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import { writeFlows } from '../../sandbox/flows.ts';
import { type RunningNodeRed, startNodeRed } from '../../sandbox/node-red.ts';
import { type OdooProxy, openProxy } from '../support/odoo-proxy.ts';
import { freePort } from '../support/ports.ts';
import { odooServers } from '../support/servers.ts';

type Told = { readonly to: string; readonly subject: string; readonly text: string };
type Fed = { readonly kind: string; readonly records: readonly Record<string, unknown>[] };

const PRODUCTS = {
  sandbox: { made: 'BIKE-CITY', bought: 'TYRE-28' },
  odoo: { made: 'FURN_9666', bought: 'FURN_6666' },
};

for (const target of odooServers())
  describe(`forecast to procurement on ${target.name}`, function () {
    this.timeout(120_000);
    const { made, bought } = target.name === 'sandbox' ? PRODUCTS.sandbox : PRODUCTS.odoo;
    const month = new Date().toISOString().slice(0, 7);
    const quantity = 19_000 + (Date.now() % 1_000);
    const csvOf = (ofMade: number) =>
      [
        'product,location,period,quantity,uom',
        `${made},WH,${month},${ofMade},Units`,
        `${bought},WH,${month},${quantity},Units`,
        `NO-SUCH-PRODUCT,WH,${month},7,Units`,
      ].join('\n');
    let home: string;
    let nodeRed: RunningNodeRed;
    let odoo: OdooClient;
    let proxy: OdooProxy;
    /** The planner's own system: it has a forecast to fetch, and takes what it is sent and told. */
    let planner: Server;
    const told: Told[] = [];
    const fed: Fed[] = [];

    before(async () => {
      const { url, database, login, password, apiKey = '' } = await target.start();
      proxy = await openProxy(url);
      planner = createServer(async (request, response) => {
        if (request.method === 'GET') return void response.writeHead(200, { 'content-type': 'text/csv' }).end(csvOf(quantity));
        const body = JSON.parse(await text(request));
        if (request.url === '/told') told.push(body);
        else fed.push(body);
        response.end();
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => planner.once('listening', resolve));
      const address = `http://127.0.0.1:${(planner.address() as AddressInfo).port}`;
      home = await mkdtemp(join(tmpdir(), 'planbridge-procurement-'));
      // Due all day and every day, so that it is due whenever this runs; a failure is not tried for half an hour.
      await writeFlows(home, ['forecast-import', 'forecast-to-procurement'], {
        'fp-watch': { dueAt: '00:00', days: 'mon, tue, wed, thu, fri, sat, sun' },
        'fp-receive': { maxAttempts: 1 },
        'fp-validate': { cacheSeconds: 0 },
      });
      const env = {
        ...{ ODOO_URL: proxy.url, ODOO_DB: database, ODOO_LOGIN: login, ODOO_PASSWORD: password, ODOO_API_KEY: apiKey },
        ...{ PLANBRIDGE_STORE: '', PLANBRIDGE_TOKENS: 'anna:the-token-of-annas,ben[approve]:the-token-of-bens' },
        PLANBRIDGE_FORECAST_URL: `${address}/forecast`,
        PLANBRIDGE_FEEDBACK_URL: `${address}/feedback`,
        PLANBRIDGE_WEBHOOK: `${address}/told`,
        ...{ PLANBRIDGE_PLANNER: 'planner@plant.example', PLANBRIDGE_APPROVER: 'sales@plant.example' },
        ...{ PLANBRIDGE_MASTER_DATA: 'data@plant.example', PLANBRIDGE_INTEGRATION: 'it@plant.example' },
      };
      nodeRed = await startNodeRed({ home, port: await freePort(), env, quiet: true });
      odoo = openOdoo({ url, database, login, password });
      await nodeRed.ready;
    });
    after(async () => {
      await nodeRed?.stop();
      await odoo?.close();
      proxy?.close();
      planner?.close();
      await target.stop();
      await rm(home, { recursive: true, force: true });
    });

    const ask = async <Answer>(who: 'anna' | 'ben', method: string, path: string, body?: string, type = 'application/json') => {
      const headers = { authorization: `Bearer the-token-of-${who}s`, 'content-type': type };
      const answer = await fetch(`${nodeRed.url}/procurement${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.status, body: (await answer.json()) as Answer & { error?: string } };
    };
    /** Presses the button of an inject node. */
    const press = async (id: string) => assert.ok((await fetch(`${nodeRed.url}/inject/${id}`, { method: 'POST' })).ok);
    const found = async <Thing>(look: () => Thing | undefined | Promise<Thing | undefined>, what: string): Promise<Thing> => {
      for (let attempt = 0; attempt < 600; attempt++) {
        const thing = await look();
        if (thing !== undefined) return thing;
        await sleep(100);
      }
      return assert.fail(`${what} never came: ${JSON.stringify([told, fed.map(({ kind }) => kind)])}`);
    };
    const sent = async (csv: string): Promise<string> => {
      const { status, body } = await ask<RunSummary>('anna', 'POST', '/forecasts', csv, 'text/csv');
      assert.equal(status, 202, body.error);
      return body.run;
    };
    const ordersOf = (model: 'mrp.production' | 'purchase.order.line', code: string) =>
      searchAll(odoo, { model, domain: [['product_id.default_code', '=', code]], fields: ['product_qty'] });

    let baseline: string;

    it('tells the planner that no forecast is there, that none was released yet, and by when to send one', async () => {
      await press('fp-look');
      const { to, subject, text } = await found(() => told[0], 'the notice');
      assert.deepEqual([to, subject], ['planner@plant.example', 'forecast-to-procurement: no forecast released by 00:00']);
      assert.match(text, /nothing came in\. No forecast has been released yet: .* Send the forecast by \d{4}-\d\d-\d\d 12:00\./);
    });

    it('fetches the planner’s forecast, and turns it into a manufacturing order and a request for quotation', async () => {
      const [madeBefore, boughtBefore] = [await ordersOf('mrp.production', made), await ordersOf('purchase.order.line', bought)];
      await press('fp-when');
      const { records } = await found(() => fed.find(({ kind }) => kind === 'run'), 'the summary');
      const [summary] = records as unknown as [RunSummary];
      assert.deepEqual([summary.state, summary.applied, summary.held], ['applied-with-exceptions', 2, 1], summary.error);
      const total = (lines: readonly Record<string, unknown>[]) => lines.reduce((sum, line) => sum + Number(line.product_qty), 0);
      assert.ok(total(await ordersOf('mrp.production', made)) > total(madeBefore), 'nothing is made');
      assert.ok(total(await ordersOf('purchase.order.line', bought)) > total(boughtBefore), 'nothing is bought');
    });

    it('gives the line that is held to the owner of master data', async () => {
      const { text } = await found(() => told.find(({ to }) => to === 'data@plant.example'), 'the exception');
      assert.match(text, /NO-SUCH-PRODUCT.* Create the product in Odoo/);
    });

    it('has nothing to tell once a version is released: that is the planning baseline', async () => {
      const { version } = (await ask<{ version: string }>('anna', 'GET', '/baseline')).body;
      baseline = version;
      const before = told.length;
      await press('fp-look');
      await sleep(1_000);
      assert.equal(told.length, before);
    });

    it('tells the approver of a version beyond the limits, which another than its sender approves', async () => {
      const run = await sent(csvOf(2 * quantity));
      const { text } = await found(() => told.find(({ to }) => to === 'sales@plant.example'), 'the request');
      assert.match(text, new RegExp(`POST /procurement/runs/${run}/approve`));
      assert.equal((await ask('anna', 'POST', `/runs/${run}/approve`, '{}')).status, 403);
      const { status } = await ask('ben', 'POST', `/runs/${run}/approve`, '{"comment": "agreed"}');
      assert.equal(status, 202);
      await found(() => fed.find(({ records }) => records[0]?.run === run), 'the summary');
    });

    it('tells integration of a run that fails, and that the planning baseline goes on applying', async () => {
      const { version, releasedOn } = (await ask<{ version: string; releasedOn: string }>('anna', 'GET', '/baseline')).body;
      assert.notEqual(version, baseline);
      proxy.trouble(() => 'html');
      const run = await sent(csvOf(2 * quantity));
      await found(
        async () => ((await ask<RunSummary>('anna', 'GET', `/runs/${run}`)).body.state === 'failed' ? true : undefined),
        'its end',
      );
      proxy.peace();
      await press('fp-look');
      const { text } = await found(() => told.find(({ to }) => to === 'it@plant.example'), 'the notice');
      assert.ok(text.includes(`run ${run} failed`), text);
      assert.ok(text.includes(`The planning baseline ${version}, released on ${releasedOn}, goes on applying.`), text);
      assert.match(text, /Mend it and replay the run, or have the forecast sent again, by \d{4}-\d\d-\d\d 12:00\./);
    });

    it('sends stock, shipments and lead times back to the planner', async () => {
      await press('fp-night');
      for (const kind of ['stock', 'shipments', 'lead-times']) {
        const { records } = await found(() => fed.find((one) => one.kind === kind), kind);
        if (kind !== 'shipments') assert.ok(records.length > 0, kind);
      }
    });
  });
