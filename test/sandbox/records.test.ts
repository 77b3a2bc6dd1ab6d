import assert from 'node:assert/strict';
import { type Called, calledSandbox } from './calling.ts';

describe("the stand-in's records", () => {
  let odoo: Called;
  before(async () => {
    odoo = await calledSandbox();
  });
  after(() => odoo.sandbox.close());

  const product = async (values: Record<string, unknown>) =>
    (await odoo.call<number[]>('product.product', 'create', { vals_list: [values] }))[0]!;

  it('answer false for what is empty and a name with each relation', async () => {
    const [row] = await odoo.call<Record<string, unknown>[]>('product.product', 'search_read', {
      domain: [['default_code', '=', 'GREASE']],
      fields: ['uom_id', 'barcode', 'list_price', 'seller_ids'],
    });
    assert.deepEqual(
      { ...row, id: 0, seller_ids: (row!.seller_ids as number[]).length },
      { id: 0, uom_id: [4, 'kg'], barcode: false, list_price: 9, seller_ids: 1 },
    );
  });

  it('share a template between variant and template fields', async () => {
    const id = await product({ name: 'Basket', default_code: 'BASKET', list_price: 30 });
    await odoo.call('product.product', 'write', { ids: [id], vals: { name: 'Front basket', default_code: 'BASKET-F' } });
    const [template] = await odoo.call<Record<string, unknown>[]>('product.template', 'search_read', {
      domain: [['default_code', '=', 'BASKET-F']],
      fields: ['name', 'product_variant_ids'],
    });
    assert.deepEqual([template?.name, template?.product_variant_ids], ['Front basket', [id]]);
  });

  it('show archived records of a list only when the context asks for them', async () => {
    const [brown] = await odoo.call<number[]>('product.product', 'search', { domain: [['default_code', '=', 'SADDLE-BRN']] });
    await odoo.call('product.product', 'write', { ids: [brown], vals: { active: false } });
    const variants = async (context: Record<string, unknown>) => {
      const rows = await odoo.call<{ product_variant_ids: number[] }[]>('product.template', 'search_read', {
        domain: [['name', '=', 'Saddle']],
        fields: ['product_variant_ids'],
        context,
      });
      return rows[0]!.product_variant_ids.length;
    };
    assert.deepEqual([await variants({}), await variants({ active_test: false })], [1, 2]);
  });

  it('take commands for lists of records', async () => {
    const [chain, lamp] = await odoo.call<number[]>('product.product', 'search', {
      domain: [['default_code', 'in', ['CHAIN', 'LAMP']]],
      order: 'default_code',
    });
    const template = await odoo.call<number[]>('product.template', 'create', { vals_list: [{ name: 'Scooter' }] });
    const [bom] = await odoo.call<number[]>('mrp.bom', 'create', {
      vals_list: [{ product_tmpl_id: template[0], bom_line_ids: [[0, 0, { product_id: chain, product_qty: 2 }]] }],
    });
    const lines = async () =>
      (await odoo.call<{ bom_line_ids: number[] }[]>('mrp.bom', 'read', { ids: [bom], fields: ['bom_line_ids'] }))[0]!
        .bom_line_ids;
    const [first] = await lines();
    await odoo.call('mrp.bom', 'write', {
      ids: [bom],
      vals: {
        bom_line_ids: [
          [1, first, { product_qty: 3 }],
          [0, 0, { product_id: lamp }],
        ],
      },
    });
    assert.equal((await lines()).length, 2);
    await odoo.call('mrp.bom', 'write', { ids: [bom], vals: { bom_line_ids: [[2, first]] } });
    assert.equal((await lines()).length, 1);
    await odoo.call('mrp.bom', 'unlink', { ids: [bom] });
    assert.equal(await odoo.call('mrp.bom.line', 'search_count', { domain: [['bom_id', '=', bom]] }), 0);
  });

  it('round a quantity to its digits and refuse what is no number or date', async () => {
    const [id] = await odoo.call<number[]>('product.supplierinfo', 'create', {
      vals_list: [{ partner_id: 4, product_tmpl_id: 1, min_qty: 1.005, date_start: '2026-02-28' }],
    });
    const [row] = await odoo.call<Record<string, unknown>[]>('product.supplierinfo', 'read', {
      ids: [id],
      fields: ['min_qty', 'date_start'],
    });
    assert.deepEqual([row?.min_qty, row?.date_start], [1.01, '2026-02-28']);
    const refused = async (vals: unknown) =>
      ((await odoo.json2('product.supplierinfo', 'write', { ids: [id], vals })).body as { message: string }).message;
    assert.match(await refused({ min_qty: 'abc' }), /could not convert string to float: 'abc'/);
    assert.match(await refused({ date_start: '2026-02-30' }), /time data '2026-02-30' does not match format/);
  });

  it('save many with values of their own in one call, and answer what is asked of them', async () => {
    const ids = await odoo.call<number[]>('res.partner', 'create', { vals_list: [{ name: 'A' }, { name: 'B' }] });
    const saved = await odoo.call<unknown>('res.partner', 'web_save_multi', {
      ids,
      vals_list: [{ ref: '1' }, { ref: '2' }],
      specification: { ref: {} },
    });
    assert.deepEqual(saved, [
      { id: ids[0], ref: '1' },
      { id: ids[1], ref: '2' },
    ]);
    assert.equal((await odoo.json2('res.partner', 'web_save_multi', { ids, vals_list: [], specification: {} })).status, 500);
  });

  it('note when they were written', async () => {
    const [id] = await odoo.call<number[]>('res.partner', 'create', { vals_list: [{ name: 'Clock' }] });
    const [row] = await odoo.call<Record<string, string>[]>('res.partner', 'read', {
      ids: [id],
      fields: ['create_date', 'write_date'],
    });
    assert.match(row!.create_date!, /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
    assert.equal(
      await odoo.call('res.partner', 'search_count', {
        domain: [
          ['id', '=', id],
          ['write_date', '>', row!.write_date],
        ],
      }),
      0,
    );
    assert.equal(
      await odoo.call('res.partner', 'search_count', {
        domain: [
          ['id', '=', id],
          ['write_date', '>=', row!.write_date],
        ],
      }),
      1,
    );
  });

  it('load rows by external id, all or none', async () => {
    const load = (data: string[][]) =>
      odoo.call<{ ids: number[] | false; messages: { record: number; message: string }[] }>('res.partner', 'load', {
        fields: ['id', 'name', 'color'],
        data,
      });
    const made = await load([
      ['__import__.p1', 'One', '1'],
      ['__import__.p2', 'Two', '2'],
    ]);
    assert.equal((made.ids as number[]).length, 2);
    const again = await load([['__import__.p1', 'One again', '3']]);
    assert.deepEqual(again.ids, [(made.ids as number[])[0]]);
    const refused = await load([
      ['__import__.p3', 'Three', '3'],
      ['__import__.p4', 'Four', 'x'],
    ]);
    assert.equal(refused.ids, false);
    assert.equal(refused.messages[0]?.record, 1);
    assert.equal(await odoo.call('res.partner', 'search_count', { domain: [['name', '=', 'Three']] }), 0);
  });

  it('are found by name', async () => {
    assert.deepEqual(await odoo.call('product.product', 'name_search', { name: 'CHAIN' }), [[9, '[CHAIN] Chain']]);
  });

  it('describe their models and fields', async () => {
    const fields = await odoo.call<Record<string, Record<string, unknown>>>('stock.warehouse.orderpoint', 'fields_get', {
      attributes: ['type', 'required', 'digits', 'relation'],
    });
    assert.deepEqual(fields.product_id, { type: 'many2one', required: true, relation: 'product.product' });
    assert.deepEqual(fields.product_min_qty, { type: 'float', required: true, digits: [16, 2] });
    assert.equal(
      await odoo.call('ir.model', 'search_count', { domain: [['model', 'in', ['stock.route', 'stock.location.route']]] }),
      1,
    );
  });
});
