/** The shipped flow in a real Node-RED process, on the sandbox and on every real Odoo there is: a planner's file in, orders out. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import { type RunningNodeRed, startNodeRed } from '../../sandbox/node-red.ts';
import { importForecast } from '../../sandbox/report.ts';
import { freePort } from '../support/ports.ts';
import { odooServers } from '../support/servers.ts';

/** Products that each kind of database has: one that is made, one that is bought, one with no source of supply. */
const PRODUCTS = {
  sandbox: { made: 'BIKE-CITY', bought: 'TYRE-28', sourceless: 'POSTER-26' },
  odoo: { made: 'FURN_9666', bought: 'FURN_6666', sourceless: 'FURN_0096' },
};

const month = (ahead: number) => {
  const today = new Date();
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1)).toISOString().slice(0, 7);
};

for (const target of odooServers()) {
  describe(`forecast import on ${target.name}`, function () {
    this.timeout(120_000);
    const products = target.name === 'sandbox' ? PRODUCTS.sandbox : PRODUCTS.odoo;
    const { made, bought, sourceless } = products;
    const csv = [
      'product,location,period,quantity,uom',
      `${made},WH,${month(0)},6000,Units`,
      `${bought},WH,${month(0)},8000,Units`,
      `${sourceless},WH,${month(1)},10,Units`,
      `NO-SUCH-PRODUCT,WH,${month(1)},11,Units`,
      `${made},NOWHERE,${month(1)},12,Units`,
      `${bought},WH,${month(1)},13,Dozens`,
      `${bought},WH,${month(2)},14,kg`,
      `${made},WH,${month(0).slice(0, 4)}-13,15,Units`,
      `${made},WH,${month(1)},-16,Units`,
      `${made},WH,${month(0)},6000,Units`,
    ].join('\n');

    let home: string;
    let nodeRed: RunningNodeRed;
    let odoo: OdooClient;
    let first: RunSummary;

    before(async () => {
      const server = await target.start();
      home = await mkdtemp(join(tmpdir(), 'planbridge-flow-'));
      const env = {
        ODOO_URL: server.url,
        ODOO_DB: server.database,
        ODOO_LOGIN: server.login,
        ODOO_PASSWORD: server.password,
        ODOO_API_KEY: server.apiKey ?? '',
      };
      nodeRed = await startNodeRed({ home, port: await freePort(), env: { ...env, PLANBRIDGE_STORE: '' }, quiet: true });
      odoo = openOdoo({ url: server.url, database: server.database, login: server.login, password: server.password });
      await nodeRed.ready;
    });

    after(async () => {
      await nodeRed?.stop();
      await odoo?.close();
      await target.stop();
      await rm(home, { recursive: true, force: true });
    });

    const ofProduct = (code: string) => [['product_id.default_code', '=', code]];
    const rules = (code: string) =>
      searchAll(odoo, {
        model: 'stock.warehouse.orderpoint',
        domain: ofProduct(code),
        fields: ['product_min_qty', 'product_max_qty'],
      });
    const orders = (code: string) =>
      searchAll(odoo, {
        model: 'mrp.production',
        domain: [...ofProduct(code), ['state', '!=', 'cancel']],
        fields: ['product_qty', 'state'],
      });
    const purchases = (code: string) =>
      searchAll(odoo, { model: 'purchase.order.line', domain: ofProduct(code), fields: ['product_qty', 'state'] });
    const reasons = (summary: RunSummary) =>
      Object.fromEntries(summary.exceptions.filter((e) => e.reason !== 'INSIDE_LEAD_TIME').map((e) => [e.line, e.reason]));

    it('puts each line where it belongs, with totals that add up', async () => {
      first = await importForecast(nodeRed.url, csv);
      assert.equal(first.state, 'applied-with-exceptions', first.error);
      assert.deepEqual(reasons(first), {
        4: 'NO_SUPPLY_SOURCE',
        5: 'UNKNOWN_PRODUCT',
        6: 'UNKNOWN_LOCATION',
        8: 'UNIT_MISMATCH',
        9: 'MALFORMED',
        10: 'NEGATIVE_QUANTITY',
        11: 'DUPLICATE_LINE',
      });
      const { received, accepted, held, rejected, applied, unchanged, dead } = first;
      assert.deepEqual(
        { received, accepted, held, rejected, applied, unchanged, dead },
        { received: 10, accepted: 3, held: 5, rejected: 2, applied: 3, unchanged: 0, dead: 0 },
      );
      assert.equal(first.created + first.updated, 2);
      assert.deepEqual(first.quantity, { received: 20_059, accepted: 14_013, held: 6_047, rejected: -1 });
      assert.ok(first.exceptions.every((e) => e.owner && e.action && e.message));
    });

    it('makes the reordering rules, a manufacturing order and a purchase order in Odoo', async () => {
      for (const code of [made, bought]) {
        const [rule] = await rules(code);
        assert.ok(
          rule && Number(rule.product_min_qty) > 0 && Number(rule.product_max_qty) >= Number(rule.product_min_qty),
          `${code}: ${JSON.stringify(rule)}`,
        );
      }
      assert.ok(
        (await orders(made)).some((order) => order.state === 'confirmed'),
        'no confirmed manufacturing order',
      );
      assert.ok((await purchases(bought)).length > 0, 'no request for quotation');
    });

    it('changes nothing when the same file comes again', async () => {
      const before = [await orders(made), await purchases(bought), await rules(made), await rules(bought)];
      const again = await importForecast(nodeRed.url, csv);
      const { accepted, applied, unchanged, created, updated, dead } = again;
      assert.deepEqual(
        { accepted, applied, unchanged, created, updated, dead },
        { accepted: 3, applied: 0, unchanged: 3, created: 0, updated: 0, dead: 0 },
      );
      assert.deepEqual([await orders(made), await purchases(bought), await rules(made), await rules(bought)], before);
    });

    it('answers what cannot be read at all with 400 and the columns it missed', async () => {
      const post = (body: string, type: string) =>
        fetch(`${nodeRed.url}/planning/forecasts`, { method: 'POST', headers: { 'content-type': type }, body });
      const lacking = await post('item,place\nA,B\n', 'text/csv');
      assert.equal(lacking.status, 400);
      const answer = JSON.stringify(await lacking.json());
      for (const word of ['product', 'location', 'period', 'quantity', 'item', 'place'])
        assert.ok(answer.includes(word), `${word} is not named in ${answer}`);
      assert.equal((await post('', 'text/csv')).status, 400);
      assert.equal((await post('x', 'image/png')).status, 400);
    });

    it('takes JSON too, of any size, and says what is wrong with it', async () => {
      const post = async (body: string) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${nodeRed.url}/planning/forecasts`, { method: 'POST', headers, body });
        return { status: answer.status, body: (await answer.json()) as { received?: number; error?: string } };
      };
      const line = { product: 'NO-SUCH-PRODUCT', location: 'WH', period: month(1), quantity: 1 };
      const small = await post(JSON.stringify({ lines: [line] }));
      assert.deepEqual([small.status, small.body.received], [202, 1]);
      const large = await post(JSON.stringify(Array(70_000).fill(line)));
      assert.deepEqual([large.status, large.body.received], [202, 70_000], 'over 5 MB');
      const broken = await post('[{"product": ');
      assert.equal(broken.status, 400);
      assert.match(broken.body.error ?? '', /JSON/);
    });

    it('takes a file from the inbox and leaves a report beside it', async () => {
      await writeFile(join(home, 'inbox', 'monday.csv'), csv);
      const done = join(home, 'inbox', 'done');
      let report: RunSummary | undefined;
      for (let attempt = 0; attempt < 120 && report?.state !== 'applied-with-exceptions'; attempt++) {
        await sleep(250);
        const files: string[] = await readdir(done).catch(() => []);
        const name = files.find((file) => file.endsWith('.report.json'));
        if (name && files.includes('monday.csv')) report = JSON.parse(await readFile(join(done, name), 'utf8'));
      }
      assert.equal(report?.unchanged, 3);
      assert.equal(report?.held, 5);
    });

    it('answers 404 for a run that does not exist', async () => {
      const answer = await fetch(`${nodeRed.url}/planning/runs/nothing`);
      assert.equal(answer.status, 404);
    });
  });
}
