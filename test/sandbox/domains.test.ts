import assert from 'node:assert/strict';
import { type Called, calledSandbox } from './calling.ts';

/** Domains on products, and the references that they find. */
const PRODUCTS: readonly (readonly [string, unknown[], string[]])[] = [
  ['equality', [['default_code', '=', 'CHAIN']], ['CHAIN']],
  ['a list of values', [['default_code', 'in', ['CHAIN', 'LAMP', 'NONE']]], ['CHAIN', 'LAMP']],
  ['patterns, whatever the case', [['default_code', '=ilike', 'bike-%']], ['BIKE-CITY', 'BIKE-TREK']],
  ['a part of a name', [['name', 'ilike', 'tyre']], ['TYRE-28']],
  [
    '"or" before "and" as Polish notation has it',
    ['|', ['default_code', '=', 'CHAIN'], '&', ['default_code', '=', 'LAMP'], ['name', '=', 'Lamp']],
    ['CHAIN', 'LAMP'],
  ],
  ['a negation', ['!', ['default_code', 'not in', ['CHAIN']]], ['CHAIN']],
  ['a path over a template to its category', [['product_tmpl_id.categ_id.name', '=', 'Bicycles']], ['BIKE-CITY', 'BIKE-TREK']],
  ['a path over a list', [['seller_ids.partner_id.name', '=', 'Rubber & Road']], ['TYRE-28']],
  ['a relation by its name', [['categ_id', 'ilike', 'bicycles']], ['BIKE-CITY', 'BIKE-TREK']],
  [
    'children of a category',
    [
      ['categ_id', 'child_of', 1],
      ['default_code', 'like', 'CHAIN'],
    ],
    ['CHAIN'],
  ],
  ['a comparison', [['list_price', '>', 500]], ['BIKE-CITY', 'BIKE-TREK']],
  ['a computed quantity', [['qty_available', '>=', 4000]], ['SPOKE']],
  [
    'what is empty',
    [
      ['barcode', '=', false],
      ['default_code', 'in', ['CHAIN', 'TYRE-28']],
    ],
    ['CHAIN'],
  ],
  ['archived ones when they are named', [['active', '=', false]], ['BIKE-FOLD']],
];

describe("the stand-in's domains", () => {
  let odoo: Called;
  before(async () => {
    odoo = await calledSandbox();
  });
  after(() => odoo.sandbox.close());

  for (const [what, domain, expected] of PRODUCTS)
    it(`know ${what}`, async () => {
      const rows = await odoo.call<{ default_code: string }[]>('product.product', 'search_read', {
        domain,
        fields: ['default_code'],
        order: 'default_code',
      });
      assert.deepEqual(
        rows.map((row) => row.default_code),
        expected,
      );
    });

  it('leave archived records out unless the context asks for them', async () => {
    const domain = [['default_code', '=', 'BIKE-FOLD']];
    assert.equal(await odoo.call('product.product', 'search_count', { domain }), 0);
    assert.equal(await odoo.call('product.product', 'search_count', { domain, context: { active_test: false } }), 1);
  });

  it('order by several fields, empty values last, and page through the result', async () => {
    const search = (more: Record<string, unknown>) =>
      odoo.call<number[]>('product.product', 'search', { domain: [], order: 'barcode desc, id', ...more });
    const all = await search({});
    assert.deepEqual([...(await search({ limit: 5 })), ...(await search({ offset: 5 }))], all);
    const read = await odoo.call<{ barcode: string | false }[]>('product.product', 'search_read', {
      domain: [],
      fields: ['barcode'],
      order: 'barcode',
    });
    const codes = read.map((row) => row.barcode);
    assert.deepEqual(codes.filter(Boolean), codes.slice(0, 4));
    assert.deepEqual([...codes.slice(0, 4)].sort(), codes.slice(0, 4));
  });

  it('group with totals by relation and by month', async () => {
    const groups = await odoo.call<Record<string, unknown>[]>('stock.quant', 'formatted_read_group', {
      domain: [['product_id.default_code', '=', 'TYRE-28']],
      groupby: ['location_id', 'in_date:month'],
      aggregates: ['quantity:sum', '__count'],
    });
    assert.deepEqual(
      groups.map((group) => [group['quantity:sum'], group.__count]),
      [
        [120, 1],
        [60, 1],
      ],
    );
    assert.match(String((group(groups) as unknown[])[0]), /^\d{4}-\d{2}-01 00:00:00$/);
  });
});

const group = (groups: Record<string, unknown>[]) => groups[0]?.['in_date:month'];

describe("the stand-in's domains on texts and trees", () => {
  let odoo: Called;
  before(async () => {
    odoo = await calledSandbox();
    const make = async (values: Record<string, unknown>) =>
      (await odoo.call<number[]>('res.partner', 'create', { vals_list: [{ comment: 'tree', ...values }] }))[0];
    const top = await make({ name: 'Alpha', ref: 'A1', is_company: true });
    await make({ name: 'beta', ref: '', parent_id: top });
    await make({ name: 'Gamma_x', ref: 'x_y', parent_id: top, active: false });
    await make({ name: 'Delta', ref: 'X-Y' });
  });
  after(() => odoo.sandbox.close());

  /** As a real Odoo 19 found them among the same partners. */
  const FOUND: readonly (readonly [unknown[], string[]])[] = [
    [['ref', '=', false], ['beta']],
    [
      ['ref', '!=', 'A1'],
      ['beta', 'Delta'],
    ],
    [['ref', 'ilike', 'x\\_y'], []],
    [['ref', 'ilike', 'x_y'], ['Delta']],
    [['ref', '=like', 'A_'], ['Alpha']],
    [
      ['color', '=', false],
      ['Alpha', 'beta', 'Delta'],
    ],
    [['parent_id', 'ilike', 'alph'], ['beta']],
    [['parent_id.ref', '!=', 'B'], ['beta']],
    [
      ['parent_id', '=', false],
      ['Alpha', 'Delta'],
    ],
    [['child_ids.name', 'ilike', 'BETA'], ['Alpha']],
    [
      ['id', 'child_of', 'Alpha'],
      ['Alpha', 'beta'],
    ],
    [
      ['parent_id', 'child_of', 'Alpha'],
      ['Alpha', 'beta'],
    ],
    [['display_name', 'ilike', 'alpha, b'], ['beta']],
    [['child_ids', 'any', [['name', '=', 'beta']]], ['Alpha']],
    [
      ['active', 'in', [true, false]],
      ['Alpha', 'beta', 'Gamma_x', 'Delta'],
    ],
  ];
  for (const [leaf, expected] of FOUND)
    it(`find what a real server finds for ${JSON.stringify(leaf)}`, async () => {
      const rows = await odoo.call<{ name: string }[]>('res.partner', 'search_read', {
        domain: [['comment', '=', 'tree'], leaf],
        fields: ['name'],
        order: 'id',
      });
      assert.deepEqual(
        rows.map((row) => row.name),
        expected,
      );
    });
});
