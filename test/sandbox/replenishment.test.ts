import assert from 'node:assert/strict';
import { type Called, calledSandbox, productOf } from './calling.ts';

const ORDERPOINT = 'stock.warehouse.orderpoint';

describe("the stand-in's replenishment", () => {
  let odoo: Called;
  beforeEach(async () => {
    odoo = await calledSandbox();
  });
  afterEach(() => odoo.sandbox.close());

  const rule = async (code: string, least: number, most: number, more: Record<string, unknown> = {}) =>
    (
      await odoo.call<number[]>(ORDERPOINT, 'create', {
        vals_list: [{ product_id: await productOf(odoo, code), product_min_qty: least, product_max_qty: most, ...more }],
      })
    )[0]!;
  const replenish = (...ids: number[]) => odoo.json2(ORDERPOINT, 'action_replenish', { ids });
  const read = async (id: number) =>
    (
      await odoo.call<Record<string, number>[]>(ORDERPOINT, 'read', {
        ids: [id],
        fields: ['qty_on_hand', 'qty_forecast', 'qty_to_order'],
      })
    )[0]!;

  it('makes a confirmed manufacturing order, with its parts, where there is a bill of materials', async () => {
    const id = await rule('BIKE-TREK', 20, 30);
    assert.deepEqual(await read(id), { id, qty_on_hand: 6, qty_forecast: 6, qty_to_order: 24 });
    assert.equal((await replenish(id)).status, 200);
    const [order] = await odoo.call<Record<string, unknown>[]>('mrp.production', 'search_read', {
      domain: [['orderpoint_id', '=', id]],
      fields: ['state', 'product_qty', 'move_raw_ids', 'origin'],
    });
    assert.deepEqual([order?.state, order?.product_qty], ['confirmed', 24]);
    const parts = await odoo.call<{ product_id: [number, string]; product_uom_qty: number }[]>('stock.move', 'read', {
      ids: order?.move_raw_ids,
      fields: ['product_id', 'product_uom_qty'],
    });
    assert.deepEqual(
      parts.find((part) => part.product_id[1].startsWith('[LAMP]'))?.product_uom_qty,
      48,
      'the light kit is not taken apart',
    );
    assert.deepEqual(await read(id), { id, qty_on_hand: 6, qty_forecast: 30, qty_to_order: 0 });
  });

  it('makes a request for quotation where there is a vendor, and counts what is asked for already', async () => {
    const id = await rule('TYRE-28', 400, 500);
    await replenish(id);
    const lines = () =>
      odoo.call<Record<string, unknown>[]>('purchase.order.line', 'search_read', {
        domain: [['orderpoint_id', '=', id]],
        fields: ['product_qty', 'state', 'partner_id', 'price_unit'],
      });
    const [line, ...others] = await lines();
    assert.equal(others.length, 0);
    // 120 lie there, 50 are on order, 5 bicycles are under way whose wheels are made elsewhere.
    assert.deepEqual([line?.product_qty, line?.state, line?.price_unit], [330, 'draft', 11]);
    await replenish(id);
    assert.equal((await lines()).length, 1);
    await odoo.call(ORDERPOINT, 'write', { ids: [id], vals: { product_min_qty: 600, product_max_qty: 700 } });
    await replenish(id);
    assert.deepEqual(
      (await lines()).map((one) => one.product_qty),
      [530],
    );
  });

  it('puts the needs of one vendor into one request', async () => {
    const ids = [await rule('LAMP', 200, 200), await rule('SPOKE', 9000, 9000)];
    await replenish(...ids);
    const lines = await odoo.call<{ order_id: [number, string] }[]>('purchase.order.line', 'search_read', {
      domain: [['orderpoint_id', 'in', ids]],
      fields: ['order_id'],
    });
    assert.equal(lines.length, 2);
    assert.equal(new Set(lines.map((line) => line.order_id[0])).size, 1);
  });

  it('points to the product where nothing supplies it, and orders nothing', async () => {
    const id = await rule('POSTER-26', 10, 20);
    const { status, body } = await replenish(id);
    const { name, message } = body as { name: string; message: string };
    assert.equal(status, 500);
    assert.equal(name, 'odoo.exceptions.RedirectWarning');
    assert.match(message, /^No rule has been found to replenish "\[POSTER-26\] Showroom poster" in "WH\/Stock"\./);
  });

  it('refuses all where one of several has no supply', async () => {
    const before = await odoo.call<number>('mrp.production', 'search_count', { domain: [] });
    const { status, body } = await replenish(await rule('BIKE-CITY', 100, 100), await rule('POSTER-26', 10, 20));
    assert.deepEqual([status, (body as { name: string }).name], [422, 'odoo.exceptions.UserError']);
    assert.equal(await odoo.call('mrp.production', 'search_count', { domain: [] }), before);
  });

  it('names the vendor as what is wanting where its price is out of date', async () => {
    const { body } = await replenish(await rule('PANNIER', 10, 20));
    assert.match((body as { message: string }).message, /^There is no matching vendor price/);
  });

  it('keeps one rule a product and place, and a minimum below its maximum', async () => {
    await rule('CHAIN', 5, 6, { warehouse_id: 2 });
    await assert.rejects(
      rule('CHAIN', 5, 6, { warehouse_id: 2 }),
      /A replenishment rule already exists for this product on this location/,
    );
    await assert.rejects(rule('LAMP', 9, 6), /The minimum quantity must be less than or equal to the maximum quantity/);
  });

  it('takes no rule for a kit', async () => {
    await assert.rejects(rule('LIGHT-KIT', 5, 6), /A product with a kit-type bill of materials can not have a reordering rule/);
  });

  it('orders for the warehouse of the rule', async () => {
    const id = await rule('BIKE-CITY', 50, 50, { warehouse_id: 2 });
    await replenish(id);
    const [order] = await odoo.call<Record<string, [number, string]>[]>('mrp.production', 'search_read', {
      domain: [['orderpoint_id', '=', id]],
      fields: ['location_dest_id', 'picking_type_id'],
    });
    assert.deepEqual([order?.location_dest_id?.[1], order?.picking_type_id?.[1]], ['WH2/Stock', 'Denver: Manufacturing']);
  });
});
