/**
 * A large forecast through the shipped flow in a real Node-RED: 45 products in 2 warehouses for 52 weeks and 22 customers;
 * then the same again with one line of a hundred changed. Shows how long the event loop stood still, what became of the
 * lines, and what Odoo was asked.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DateTime } from 'luxon';
import { startNodeRed } from '../sandbox/node-red.ts';
import { describeRun, importForecast } from '../sandbox/report.ts';
import { openProxy } from '../test/support/odoo-proxy.ts';
import { freePort } from '../test/support/ports.ts';
import { type BareClient, bareClient } from './bare-client.ts';

const PRODUCTS = Array.from({ length: 45 }, (_, at) => `BENCH-${at + 1}`);
const WAREHOUSES = ['WH', 'BENCH'];
const WEEKS = 52;
const CUSTOMERS = 22;
/** Lines that the second forecast changes. */
const CHANGED = 1_030;
const LINES = PRODUCTS.length * WAREHOUSES.length * WEEKS * CUSTOMERS;

/** Sees that the database has the bought products and the second warehouse, and none of their reordering rules. */
async function prepare(odoo: BareClient): Promise<void> {
  const ids = async (model: string, domain: unknown[]) => (await odoo(model, 'search', [domain])) as number[];
  const codes = async (model: string, field: string, values: readonly string[]) => {
    const found = (await odoo(model, 'search_read', [[[field, 'in', values]]], { fields: [field] })) as Record<string, string>[];
    return new Set(found.map((row) => row[field]));
  };
  const warehouses = await codes('stock.warehouse', 'code', WAREHOUSES);
  for (const code of WAREHOUSES)
    if (!warehouses.has(code)) await odoo('stock.warehouse', 'create', [{ name: `Warehouse ${code}`, code }]);

  const known = await codes('product.product', 'default_code', PRODUCTS);
  const missing = PRODUCTS.filter((code) => !known.has(code));
  if (missing.length > 0) {
    const fields = (await odoo('product.product', 'fields_get', [['is_storable']])) as object;
    const kind = 'is_storable' in fields ? { type: 'consu', is_storable: true } : { type: 'product' };
    const vendor = await odoo('res.partner', 'create', [{ name: 'Vendor of the benchmark' }]);
    const product = (code: string) => ({
      name: `Part ${code}`,
      default_code: code,
      purchase_ok: true,
      ...kind,
      seller_ids: [[0, 0, { partner_id: vendor, price: 1, delay: 3 }]],
    });
    await odoo('product.product', 'create', [missing.map(product)]);
  }
  const products = await ids('product.product', [['default_code', 'in', PRODUCTS]]);
  const rules = await ids('stock.warehouse.orderpoint', [['product_id', 'in', products]]);
  if (rules.length > 0) await odoo('stock.warehouse.orderpoint', 'unlink', [rules]);
}

function forecast(changed = 0): string {
  const now = DateTime.utc();
  const lines = ['product,location,period,quantity,uom,customer'];
  for (const product of PRODUCTS)
    for (const warehouse of WAREHOUSES)
      for (let week = 1; week <= WEEKS; week++) {
        const period = now.plus({ weeks: week }).toFormat("kkkk-'W'WW");
        for (let customer = 1; customer <= CUSTOMERS; customer++)
          lines.push(`${product},${warehouse},${period},${lines.length <= changed ? customer + 1 : customer},Units,C${customer}`);
      }
  return `${lines.join('\n')}\n`;
}

/** Prints what it saw. */
export async function benchLargeForecast(): Promise<void> {
  await prepare(await bareClient());
  const home = await mkdtemp(join(tmpdir(), 'planbridge-bench-'));
  const longest = join(home, 'loop-delay');
  const odoo = await openProxy(process.env.ODOO_URL ?? '');
  const nodeRed = await startNodeRed({
    home,
    port: await freePort(),
    env: { ODOO_URL: odoo.url, PLANBRIDGE_STORE: '', BENCH_LOOP_DELAY: longest },
    nodeArguments: ['--import', join(import.meta.dirname, 'loop-delay.ts')],
    quiet: true,
  });
  try {
    await nodeRed.ready;
    await sleep(2_000);
    nodeRed.process.kill('SIGWINCH');
    for (const changed of [0, CHANGED]) {
      const before = new Map(odoo.calls);
      const since = performance.now();
      const summary = await importForecast(nodeRed.url, forecast(changed));
      const seconds = (performance.now() - since) / 1000;
      const what = changed === 0 ? 'in one POST' : `again, of which ${changed} changed`;
      console.log(`${LINES} forecast lines ${what}, ${seconds.toFixed(1)} s until the run had ended:`);
      console.log(describeRun(summary));
      const calls = [...odoo.calls].map(([name, times]) => [name, times - (before.get(name) ?? 0)] as const);
      const asked = calls.filter(([, times]) => times > 0).map(([name, times]) => `${name} ${times}`);
      console.log(`  calls to Odoo: ${asked.join(', ')}`);
    }
    await nodeRed.stop();
    const stood = Number(await readFile(longest, 'utf8'));
    console.log(`  longest time that the event loop stood still: ${stood.toFixed(1)} ms`);
  } finally {
    if (nodeRed.process.exitCode === null) await nodeRed.stop();
    odoo.close();
    await rm(home, { recursive: true, force: true });
  }
}
