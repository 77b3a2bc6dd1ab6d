import assert from 'node:assert/strict';
import { type Called, calledSandbox, productOf } from './calling.ts';

describe('the stand-in as Odoo 14', () => {
  let odoo: Called;
  before(async () => {
    odoo = await calledSandbox({ version: 14 });
  });
  after(() => odoo.sandbox.close());

  const fields = async (model: string) =>
    (await odoo.rpc(model, 'fields_get', [], { attributes: ['type'] })).result as Record<string, unknown>;

  it('has no JSON-2', async () => {
    assert.equal((await odoo.json2('res.users', 'context_get')).status, 404);
  });

  it('has the models and fields of its time', async () => {
    assert.ok(await fields('stock.location.route'));
    assert.match((await odoo.rpc('stock.route', 'search', [[]])).error!.data.message, /Object stock\.route doesn't exist/);
    const has = async (model: string, present: string, absent: string) => {
      const names = await fields(model);
      assert.ok(present in names, `${model}.${present}`);
      assert.ok(!(absent in names), `${model}.${absent}`);
    };
    await has('product.supplierinfo', 'name', 'partner_id');
    await has('purchase.order.line', 'product_uom', 'product_uom_id');
    await has('product.template', 'produce_delay', 'is_storable');
    await has('mrp.production', 'date_planned_start', 'production_group_id');
    await has('uom.uom', 'category_id', 'relative_uom_id');
    await has('stock.rule', 'location_id', 'location_dest_id');
  });

  it('tells units by category, with their factor', async () => {
    const { result } = await odoo.rpc('uom.uom', 'search_read', [
      [['name', '=', 'Dozens']],
      ['factor', 'factor_inv', 'uom_type'],
    ]);
    const [dozen] = result as { factor: number; factor_inv: number; uom_type: string }[];
    assert.deepEqual([dozen?.factor_inv, dozen?.uom_type], [12, 'bigger']);
    assert.ok(Math.abs(dozen!.factor - 1 / 12) < 1e-12);
  });

  it('knows no methods of later versions', async () => {
    const { error } = await odoo.rpc('res.partner', 'web_save_multi', [[1], [{}], {}]);
    assert.equal(error?.data.message, "type object 'res.partner' has no attribute 'web_save_multi'");
  });

  it('finds a way of supply by the routes of the product, and says plainly where there is none', async () => {
    const rule = async (code: string) => {
      const { result } = await odoo.rpc('stock.warehouse.orderpoint', 'create', [
        { product_id: await productOf(odoo, code), product_min_qty: 900, product_max_qty: 900, warehouse_id: 1, location_id: 9 },
      ]);
      return result as number;
    };
    const made = await rule('BIKE-CITY');
    assert.equal((await odoo.rpc('stock.warehouse.orderpoint', 'action_replenish', [[made]])).error, undefined);
    const { result } = await odoo.rpc('mrp.production', 'search_read', [[['orderpoint_id', '=', made]], ['state']]);
    assert.equal((result as { state: string }[])[0]?.state, 'confirmed');
    const { error } = await odoo.rpc('stock.warehouse.orderpoint', 'action_replenish', [[await rule('POSTER-26')]]);
    assert.deepEqual(
      [error?.data.name, error?.data.message.split('\n')[1]],
      ['odoo.exceptions.UserError', 'Verify the routes configuration on the product.'],
    );
  });

  it('orders the parts of a kit instead of the kit', async () => {
    const values = {
      product_id: await productOf(odoo, 'LIGHT-KIT'),
      product_min_qty: 300,
      product_max_qty: 300,
      warehouse_id: 1,
      location_id: 9,
    };
    const { result: kit } = await odoo.rpc('stock.warehouse.orderpoint', 'create', [values]);
    assert.equal((await odoo.rpc('stock.warehouse.orderpoint', 'action_replenish', [[kit]])).error, undefined);
    const { result } = await odoo.rpc('purchase.order.line', 'search_read', [
      [['orderpoint_id', '=', kit]],
      ['product_id', 'product_qty'],
    ]);
    const [line] = result as { product_id: [number, string]; product_qty: number }[];
    assert.deepEqual([line?.product_id[1], line?.product_qty], ['[LAMP] Lamp', 600]);
  });
});
