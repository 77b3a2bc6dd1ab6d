/** A run replayed over HTTP: the shipped flows of forecasts and dead letters in a real Node-RED, on every Odoo there is. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import { writeFlows } from '../../sandbox/flows.ts';
import { type RunningNodeRed, startNodeRed } from '../../sandbox/node-red.ts';
import { importForecast } from '../../sandbox/report.ts';
import { freePort } from '../support/ports.ts';
import { odooServers } from '../support/servers.ts';

const DAY = 86_400_000;

/** Has the flow ask Odoo for master data each time, so that the tests need not wait until it does. */
async function rememberNothing(file: string): Promise<void> {
  const nodes = JSON.parse(await readFile(file, 'utf8')) as object[];
  const asking = nodes.map((node) => ('cacheSeconds' in node ? { ...node, cacheSeconds: 0 } : node));
  await writeFile(file, JSON.stringify(asking));
}

for (const target of odooServers()) {
  describe(`replaying a run over HTTP on ${target.name}`, function () {
    this.timeout(120_000);
    const made = target.name === 'sandbox' ? 'BIKE-CITY' : 'FURN_9666';
    const unknown = `REPLAY-${process.pid}-${Date.now()}`;
    const month = new Date().toISOString().slice(0, 7);
    // A quantity that no run before asked for, on a server that has seen some.
    const quantity = 7_000 + (Date.now() % 1_000);
    const csv = `product,location,period,quantity,uom\n${made},WH,${month},${quantity},Units\n${unknown},WH,${month},5,Units`;
    let home: string;
    let env: Record<string, string>;
    let nodeRed: RunningNodeRed;
    let odoo: OdooClient;
    let first: RunSummary;

    const start = async () => {
      nodeRed = await startNodeRed({ home, port: await freePort(), env, quiet: true });
      await nodeRed.ready;
    };
    before(async () => {
      const { url, database, login, password, apiKey = '' } = await target.start();
      home = await mkdtemp(join(tmpdir(), 'planbridge-replay-'));
      await writeFlows(home, ['forecast-import', 'dead-letters']);
      await rememberNothing(join(home, 'flows.json'));
      env = {
        ODOO_URL: url,
        ODOO_DB: database,
        ODOO_LOGIN: login,
        ODOO_PASSWORD: password,
        ODOO_API_KEY: apiKey,
        PLANBRIDGE_STORE: '',
      };
      odoo = openOdoo({ url, database, login, password });
      await start();
      first = await importForecast(nodeRed.url, csv);
    });
    after(async () => {
      await nodeRed?.stop();
      await odoo?.close();
      await target.stop();
      await rm(home, { recursive: true, force: true });
    });

    const replay = async (run: string) => {
      const body = JSON.stringify({ who: 'somebody else' });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${nodeRed.url}/planning/runs/${run}/replay`, { method: 'POST', headers, body });
      return { status: answer.status, body: (await answer.json()) as RunSummary & { newer: string[]; error: string } };
    };
    const ended = async (run: string): Promise<RunSummary> => {
      for (let attempt = 0; attempt < 200; attempt++) {
        const summary = (await (await fetch(`${nodeRed.url}/planning/runs/${run}`)).json()) as RunSummary;
        if (/^applied|^failed/.test(summary.state)) return summary;
        await sleep(100);
      }
      throw new Error(`Run ${run} did not end.`);
    };
    const ordered = async () => {
      const ofProduct = [['product_id.default_code', '=', made]];
      const rules = { model: 'stock.warehouse.orderpoint', domain: ofProduct, fields: ['product_min_qty', 'product_max_qty'] };
      const orders = { model: 'mrp.production', domain: ofProduct, fields: ['product_qty', 'state'] };
      return [await searchAll(odoo, rules), await searchAll(odoo, orders)];
    };

    it('orders nothing a second time, and tells that all was as it should be', async () => {
      assert.deepEqual([first.accepted, first.applied, first.held], [1, 1, 1], first.error);
      const before = await ordered();
      const { status, body } = await replay(first.run);
      assert.deepEqual([status, body.run, body.state, body.newer], [202, first.run, 'received', []]);
      const { accepted, applied, unchanged, held, dead, exceptionCount } = await ended(first.run);
      assert.deepEqual(
        { accepted, applied, unchanged, held, dead, exceptionCount },
        { accepted: 1, applied: 0, unchanged: 1, held: 1, dead: 0, exceptionCount: first.exceptionCount },
      );
      assert.deepEqual(await ordered(), before);
    });

    it('checks its lines against what Odoo holds today', async () => {
      const reasonOf = ({ exceptions }: RunSummary) => exceptions.find(({ product }) => product === unknown)?.reason;
      assert.equal(reasonOf(first), 'UNKNOWN_PRODUCT');
      const product = { name: unknown, default_code: unknown };
      const created = await odoo.call({ model: 'product.product', method: 'create', args: { vals_list: [product] } });
      try {
        await replay(first.run);
        assert.notEqual(reasonOf(await ended(first.run)), 'UNKNOWN_PRODUCT');
      } finally {
        await odoo.call({ model: 'product.product', method: 'unlink', ids: created as number[] });
      }
    });

    it('audits who asked for it as the route knows them, not as the body says', async () => {
      const store = new Database(join(home, 'planbridge.sqlite'), { readonly: true });
      const entries = store.prepare("select distinct who from audit where what = 'run.replayed'").all();
      store.close();
      assert.deepEqual(entries, [{ who: 'anonymous' }]);
    });

    it('answers 404 for a run that there is not', async () => {
      const { status, body } = await replay('nothing');
      assert.deepEqual([status, body.error], [404, 'There is no run nothing.']);
    });

    it('answers 409 for a run whose lines were swept away', async () => {
      await nodeRed.stop();
      const store = new Database(join(home, 'planbridge.sqlite'));
      store.prepare('update runs set updated_at = ?').run(Date.now() - 36 * DAY);
      store.close();
      await start();
      const { status, body } = await replay(first.run);
      assert.equal(status, 409);
      assert.match(body.error, /its lines are gone/);
    });
  });
}
