import assert from 'node:assert/strict';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { MappingError } from '../../lib/mapping/errors.ts';
import { type LookupClient, odooLookups } from '../../lib/mapping/odoo-lookups.ts';
import { loadPreset } from '../../lib/mapping/presets.ts';
import { fakeLookups, mapping } from './support.ts';

const warehouse = { lot_stock_id: 8, id: 1, company_id: 3 };
const tables = {
  'product.product default_code id': {
    FURN_9666: { value: 54 },
    FURN_6666: { value: 37 },
    TWICE: { error: 'ambiguous' as const },
  },
  ...Object.fromEntries(Object.entries(warehouse).map(([take, value]) => [`stock.warehouse code ${take}`, { WH: { value } }])),
};
const rule = (product: string, more: Record<string, unknown> = {}) => ({
  product,
  location: 'WH',
  minimum: 5,
  maximum: 9.5,
  supply: 'buy',
  $source: { lines: 3, quantity: '14' },
  ...more,
});

describe('reordering rules on their way to Odoo', () => {
  const engine = compileMapping(loadPreset('odoo-reordering-rules'));

  it('become orderpoints, with the marks of the lines behind them', async () => {
    const { lookups } = fakeLookups(tables, () => 11);
    const { records, refusals } = await engine.map([rule('FURN_6666')], { lookups });
    assert.deepEqual(refusals, []);
    assert.deepEqual(records, [
      {
        product_id: 37,
        location_id: 8,
        warehouse_id: 1,
        company_id: 3,
        product_min_qty: 5,
        product_max_qty: 9.5,
        trigger: 'auto',
        route_id: 11,
        $source: { lines: 3, quantity: '14' },
      },
    ]);
    assert.deepEqual(engine.target, {
      model: 'stock.warehouse.orderpoint',
      keys: ['product_id', 'location_id', 'company_id'],
      fillEmpty: ['trigger', 'route_id'],
    });
  });

  it('leave the route out where the database has none, and where there is no such field', async () => {
    const none = await engine.map([rule('FURN_6666')], fakeLookups(tables));
    assert.equal('route_id' in none.records[0]!, false);
    const fields = new Set([
      'product_id',
      'location_id',
      'warehouse_id',
      'company_id',
      'product_min_qty',
      'product_max_qty',
      'trigger',
    ]);
    const without = await engine.map([rule('FURN_6666')], { ...fakeLookups(tables, () => 11), fields });
    assert.equal('route_id' in without.records[0]!, false);
    fields.delete('product_min_qty');
    await assert.rejects(
      engine.map([rule('FURN_6666')], { ...fakeLookups(tables), fields }),
      (error) =>
        error instanceof MappingError &&
        error.code === 'target' &&
        /rows\[4\]\.to: stock\.warehouse\.orderpoint has no field product_min_qty/.test(error.message),
    );
  });

  it('ask Odoo once a distinct question for the whole batch', async () => {
    const { lookups, asked } = fakeLookups(tables);
    await engine.map(
      Array.from({ length: 500 }, (_, index) => rule(index % 2 ? 'FURN_9666' : 'FURN_6666')),
      { lookups },
    );
    assert.deepEqual(
      asked.map(({ model, take, values }) => [model, take, values.length]),
      [
        ['product.product', 'id', 2],
        ['stock.warehouse', 'lot_stock_id', 1],
        ['stock.warehouse', 'id', 1],
        ['stock.warehouse', 'company_id', 1],
      ],
    );
  });

  it('are refused by the catalogue’s reasons where Odoo does not have them, or twice, and the rest goes on', async () => {
    const { records, refusals } = await engine.map(
      [rule('NOPE'), rule('TWICE'), rule('FURN_9666', { location: 'XX' }), rule('FURN_9666')],
      fakeLookups(tables),
    );
    assert.equal(records.length, 1);
    assert.deepEqual(
      refusals.map(({ reason, message, product, quantity }) => [reason, message, product, quantity]),
      [
        ['UNKNOWN_PRODUCT', 'product: "NOPE" is not in Odoo (product.product by default_code).', 'NOPE', '14'],
        ['AMBIGUOUS_PRODUCT', 'product: "TWICE" is in Odoo more than once (product.product by default_code).', 'TWICE', '14'],
        ['UNKNOWN_LOCATION', 'location: "XX" is not in Odoo (stock.warehouse by code).', 'FURN_9666', '14'],
      ],
    );
  });

  it('need a server to look in', async () => {
    assert.equal(engine.needsLookups, true);
    await assert.rejects(engine.map([rule('A')]), (error) => error instanceof MappingError && error.code === 'lookups');
  });

  it('pass on what the look-up throws', async () => {
    const lookups = { resolve: () => Promise.reject(new Error('no such host')), routes: () => Promise.resolve([]) };
    await assert.rejects(engine.map([rule('A')], { lookups }), /no such host/);
  });
});

describe('a look-up', () => {
  it('is followed by further steps, a further look-up among them', async () => {
    const engine = compileMapping(
      mapping([
        {
          to: 'company',
          from: 'site',
          transforms: [
            'upper',
            { odoo: { model: 'w', by: 'code', take: 'company_id' } },
            { odoo: { model: 'c', by: 'id', take: 'name' } },
            'lower',
          ],
        },
      ]),
    );
    const found = fakeLookups({ 'w code company_id': { WH: { value: 3 } }, 'c id name': { 3: { value: 'ACME' } } });
    assert.deepEqual((await engine.map([{ site: 'wh' }, { site: '' }], found)).records, [{ company: 'acme' }, {}]);
  });

  it('is asked once for all rows that ask the same, with the values of all', async () => {
    const ask = { odoo: { model: 'res.partner', by: 'ref' } };
    const engine = compileMapping(
      mapping([
        { to: 'buyer', from: 'b', transforms: [ask] },
        { to: 'seller', from: 's', transforms: [ask] },
      ]),
    );
    const { lookups, asked } = fakeLookups({ 'res.partner ref id': { X: { value: 1 }, Y: { value: 2 } } });
    assert.deepEqual(
      (
        await engine.map(
          [
            { b: 'X', s: 'Y' },
            { b: 'Y', s: 'X' },
          ],
          { lookups },
        )
      ).records,
      [
        { buyer: 1, seller: 2 },
        { buyer: 2, seller: 1 },
      ],
    );
    assert.deepEqual(
      asked.map(({ values }) => values),
      [['X', 'Y']],
    );
  });

  it('leaves out what is unknown where the mapping says so', async () => {
    const engine = compileMapping(
      mapping([{ to: 'partner_id', from: 'c', transforms: [{ odoo: { model: 'res.partner', by: 'ref', unknown: 'omit' } }] }]),
    );
    assert.deepEqual((await engine.map([{ c: 'X' }], fakeLookups({}))).records, [{}]);
  });
});

/** An Odoo of a few rows that answers search_read by `in` and `=`. */
function plant(rows: Record<string, Record<string, unknown>[]>) {
  const calls: { model: string; domain: unknown[] }[] = [];
  const client: LookupClient = {
    async call({ model, args }) {
      const { domain, fields } = args as { domain: [string, string, unknown][]; fields: string[] };
      calls.push({ model, domain });
      const fits = (row: Record<string, unknown>) =>
        domain.every(([field, operator, value]) =>
          operator === 'in' ? (value as unknown[]).includes([row[field]].flat()[0]) : row[field] === value,
        );
      return (rows[model] ?? [])
        .filter(fits)
        .map((row) => Object.fromEntries(['id', ...fields].map((field) => [field, row[field]])));
    },
    async profile() {
      return {
        hasModel: (model) => model in rows,
        fields: async (model) =>
          Object.fromEntries(Object.keys(rows[model]?.[0] ?? {}).map((field) => [field, { type: 'char' }])),
      };
    },
  };
  return { client, calls };
}

describe('looking up in Odoo', () => {
  const products = [
    { id: 1, default_code: 'A', barcode: '400', uom_id: [5, 'Units'] },
    { id: 2, default_code: 'B', barcode: false, uom_id: [5, 'Units'] },
    { id: 3, default_code: 'B', barcode: false, uom_id: false },
  ];

  it('tells found, unknown and ambiguous apart, and takes the id of a many2one', async () => {
    const { client } = plant({ 'product.product': products });
    const lookups = odooLookups(client);
    assert.deepEqual(
      await lookups.resolve('product.product', 'default_code', ['A', 'B', 'C'], 'uom_id'),
      new Map<string, unknown>([
        ['A', { value: 5 }],
        ['B', { error: 'ambiguous' }],
        ['C', { error: 'unknown' }],
      ]),
    );
    assert.deepEqual(await lookups.resolve('product.product', 'id', [1], 'default_code'), new Map([[1, { value: 'A' }]]));
  });

  it('asks a thousand values at a time, and remembers what it found but not what it missed', async () => {
    const { client, calls } = plant({ 'product.product': products });
    const values = ['A', ...Array.from({ length: 2_400 }, (_, index) => `X${index}`)];
    await odooLookups(client).resolve('product.product', 'default_code', values, 'id');
    assert.deepEqual(
      calls.map(({ domain }) => (domain[0] as [string, string, unknown[]])[2].length),
      [1_000, 1_000, 401],
    );
    await odooLookups(client).resolve('product.product', 'default_code', ['A'], 'id');
    assert.equal(calls.length, 3, 'A is remembered, by the next message too');
    await odooLookups(client).resolve('product.product', 'default_code', ['A', 'X1'], 'id');
    assert.equal(calls.length, 4, 'X1 may be there by now');
  });

  it('forgets after its time', async () => {
    const { client, calls } = plant({ 'product.product': products });
    for (let turn = 0; turn < 2; turn++)
      await odooLookups(client, { ttlSeconds: 0 }).resolve('product.product', 'default_code', ['A'], 'id');
    assert.equal(calls.length, 2);
  });

  it('finds records by external id, with and without a module', async () => {
    const { client } = plant({
      'product.product': products,
      'ir.model.data': [
        { id: 1, model: 'product.product', module: 'plant', name: 'table', res_id: 1 },
        { id: 2, model: 'product.product', module: '', name: 'chair', res_id: 2 },
        { id: 3, model: 'res.partner', module: 'plant', name: 'acme', res_id: 3 },
        { id: 4, model: 'product.product', module: 'plant', name: 'gone', res_id: 99 },
      ],
    });
    const lookups = odooLookups(client);
    const found = await lookups.resolve(
      'product.product',
      'external_id',
      ['plant.table', 'chair', 'plant.acme', 'plant.gone', 'other.table'],
      'id',
    );
    assert.deepEqual(
      [...found.values()],
      [{ value: 1 }, { value: 2 }, { error: 'unknown' }, { error: 'unknown' }, { error: 'unknown' }],
    );
    const names = await lookups.resolve('product.product', 'default_code', ['A'], 'external_id');
    assert.deepEqual(names.get('A'), { value: 'plant.table' });
  });

  it('gives the route that a warehouse does not carry itself, by the lowest sequence', async () => {
    const { client } = plant({
      'stock.warehouse': [
        { id: 1, code: 'WH', route_ids: [2, 3] },
        { id: 2, code: 'NEW', route_ids: [6, 9] },
      ],
      'stock.rule': [
        { id: 1, action: 'buy', warehouse_id: [1, 'WH'], route_id: [12, 'Buy late'], route_sequence: 9, sequence: 20 },
        { id: 2, action: 'buy', warehouse_id: [1, 'WH'], route_id: [11, 'Buy'], route_sequence: 5, sequence: 20 },
        { id: 3, action: 'buy', warehouse_id: [2, 'NEW'], route_id: [9, 'Buy'], route_sequence: 5, sequence: 20 },
      ],
    });
    const wanted = [
      { supply: 'buy', warehouse: 'WH' },
      { supply: 'buy', warehouse: 'NEW' },
      { supply: 'manufacture', warehouse: 'WH' },
      { supply: 'buy', warehouse: 'XX' },
    ];
    assert.deepEqual(await odooLookups(client).routes(wanted), [11, undefined, undefined, undefined]);
    assert.deepEqual(await odooLookups(plant({}).client).routes(wanted), [undefined, undefined, undefined, undefined]);
  });
});
