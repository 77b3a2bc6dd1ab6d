import { type OdooClient, openOdoo } from '../../../lib/odoo/client.ts';
import { searchAll } from '../../../lib/odoo/pages.ts';
import type { TestServer, TestTarget } from '../../support/servers.ts';

/** Products that each kind of database has: one that is made, one that is bought, one with no source of supply. */
const PRODUCTS = {
  sandbox: { made: 'BIKE-CITY', bought: 'TYRE-28', sourceless: 'POSTER-26', other: 'BIKE-TREK' },
  odoo: { made: 'FURN_9666', bought: 'FURN_6666', sourceless: 'FURN_0096', other: 'FURN_8522' },
};

const ORDERS = 4;

/** A manufacturing order that delays are told of. */
export type Order = { readonly id: number; readonly name: string /** ms since 1970 */; readonly begins: number };

/** The Odoo that a fault test works on, and what it is asked about at the end. */
export type Plant = {
  readonly server: TestServer;
  readonly odoo: OdooClient;
  readonly products: (typeof PRODUCTS)['sandbox'];
  /** As they stood before the test. */
  readonly orders: readonly Order[];
  /** As they stand now. */
  ordersNow(): Promise<readonly Order[]>;
  /** How many notes each event left, by the event's key. */
  notes(): Promise<ReadonlyMap<string, number>>;
  /** A reordering rule, with what is on hand and on order for it. */
  rule(product: string): Promise<{ readonly min: number; readonly max: number; readonly available: number }>;
  close(): Promise<void>;
};

/** Starts the Odoo, with manufacturing orders of this test's own. */
export async function openPlant(target: TestTarget): Promise<Plant> {
  const server = await target.start();
  const { url, database, login, password } = server;
  const odoo = openOdoo({ url, database, login, password });
  const products = target.name === 'sandbox' ? PRODUCTS.sandbox : PRODUCTS.odoo;
  const ids = await makeOrders(odoo, products.other);
  const ordersNow = () => readOrders(odoo, ids);
  return {
    server,
    odoo,
    products,
    orders: await ordersNow(),
    ordersNow,
    notes: async () => {
      const domain = [
        ['model', '=', 'mrp.production'],
        ['res_id', 'in', ids],
        ['message_id', 'like', '@planbridge>'],
      ];
      const found = await searchAll(odoo, { model: 'mail.message', domain, fields: ['message_id'] });
      const keys = found.map(({ message_id: id }) => String(id).replace(/^<|@planbridge>$/g, ''));
      return new Map([...Map.groupBy(keys, (key) => key)].map(([key, all]) => [key, all.length]));
    },
    rule: (product) => readRule(odoo, product),
    async close() {
      await odoo.close();
      await target.stop();
    },
  };
}

async function makeOrders(odoo: OdooClient, code: string): Promise<number[]> {
  const [product] = await searchAll(odoo, {
    model: 'product.product',
    domain: [['default_code', '=', code]],
    fields: ['uom_id'],
  });
  if (!product) throw new Error(`This Odoo has no product ${code}.`);
  const call = { model: 'mrp.production', readOnly: false };
  const domain = [
    ['product_id', '=', product.id],
    ['state', '=', 'confirmed'],
  ];
  // Odoo 14 gives an order its components only in the form, and confirms none without: there is one to copy.
  const [confirmed] = await searchAll(odoo, { model: call.model, domain, fields: ['id'], limit: 1 });
  const copy = async () => await odoo.call({ ...call, method: 'copy', ids: [confirmed?.id ?? 0], args: {} });
  const order = { product_id: product.id, product_qty: 1, product_uom_id: (product.uom_id as [number, string])[0] };
  const create = async () => await odoo.call({ ...call, method: 'create', args: { vals_list: [order] } });
  const ids: number[] = [];
  while (ids.length < ORDERS) ids.push(...([await (confirmed ? copy() : create())].flat() as number[]));
  await odoo.call({ ...call, method: 'action_confirm', ids, args: {} });
  return ids;
}

async function readOrders(odoo: OdooClient, ids: readonly number[]): Promise<Order[]> {
  const found = await searchAll(odoo, { model: 'mrp.production', domain: [['id', 'in', [...ids]]], order: 'id' });
  return found.map((row) => ({
    id: row.id,
    name: String(row.name),
    begins: Date.parse(`${row.date_planned_start ?? row.date_start}Z`),
  }));
}

async function readRule(odoo: OdooClient, code: string) {
  const domain = [['product_id.default_code', '=', code]];
  const fields = ['product_min_qty', 'product_max_qty', 'qty_forecast'];
  const [rule] = await searchAll(odoo, { model: 'stock.warehouse.orderpoint', domain, fields });
  return {
    min: Number(rule?.product_min_qty ?? 0),
    max: Number(rule?.product_max_qty ?? 0),
    // Requests for quotation are in it.
    available: Number(rule?.qty_forecast ?? 0),
  };
}
