import assert from 'node:assert/strict';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { odooLookups } from '../../lib/mapping/odoo-lookups.ts';
import { loadPreset } from '../../lib/mapping/presets.ts';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';

const { ODOO_URL, ODOO_DB, ODOO_LOGIN, ODOO_PASSWORD } = process.env;

// Reads only, so that the suites that write find the database as it was.
(ODOO_URL ? describe : describe.skip)('mapping on a real Odoo', () => {
  let odoo: OdooClient;
  before(() => {
    odoo = openOdoo({ url: ODOO_URL!, database: ODOO_DB, login: ODOO_LOGIN, password: ODOO_PASSWORD });
  });
  after(() => odoo.close());

  const first = async (model: string, domain: unknown[], fields: string[]) => {
    const rows = await odoo.call({ model, method: 'search_read', args: { domain, fields, limit: 1 }, readOnly: true });
    return (rows as Record<string, unknown>[])[0]!;
  };

  it('turns reordering rules into the orderpoints that this version replenishes', async () => {
    const product = await first('product.product', [['default_code', '=', 'FURN_6666']], ['default_code']);
    const warehouse = await first('stock.warehouse', [['code', '=', 'WH']], ['lot_stock_id', 'company_id', 'route_ids']);
    const rule = await first(
      'stock.rule',
      [
        ['action', '=', 'buy'],
        ['warehouse_id', '=', warehouse.id],
      ],
      ['route_id'],
    );
    const route = (rule.route_id as [number, string])[0];
    const fields = new Set(Object.keys(await (await odoo.profile()).fields('stock.warehouse.orderpoint')));

    const given = [
      { product: 'FURN_6666', location: 'WH', minimum: 5, maximum: 9.5, supply: 'buy', $source: { lines: 2, quantity: '9' } },
      { product: 'NO_SUCH', location: 'WH', minimum: 5, maximum: 9.5, supply: 'buy' },
      { product: 'FURN_6666', location: 'NOWHERE', minimum: 5, maximum: 9.5, supply: 'buy' },
    ];
    const { records, refusals } = await compileMapping(loadPreset('odoo-reordering-rules')).map(given, {
      lookups: odooLookups(odoo),
      fields,
    });

    assert.deepEqual(records, [
      {
        product_id: product.id,
        location_id: (warehouse.lot_stock_id as [number, string])[0],
        warehouse_id: warehouse.id,
        company_id: (warehouse.company_id as [number, string])[0],
        product_min_qty: 5,
        product_max_qty: 9.5,
        trigger: 'auto',
        ...(!(warehouse.route_ids as number[]).includes(route) && { route_id: route }),
        $source: { lines: 2, quantity: '9' },
      },
    ]);
    assert.deepEqual(
      refusals.map(({ reason }) => reason),
      ['UNKNOWN_PRODUCT', 'UNKNOWN_LOCATION'],
    );
  });

  it('finds a product by its external id, and the external id of a product', async () => {
    const lookups = odooLookups(odoo);
    const answer = await lookups.resolve('product.product', 'default_code', ['FURN_6666'], 'external_id');
    const found = answer.get('FURN_6666');
    assert.ok(found && 'value' in found);
    const back = await lookups.resolve('product.product', 'external_id', [found.value, 'no.such_product'], 'default_code');
    assert.deepEqual([...back.values()], [{ value: 'FURN_6666' }, { error: 'unknown' }]);
  });

  it('counts an archived warehouse for none', async () => {
    const found = await odooLookups(odoo).resolve('stock.warehouse', 'code', ['WH'], 'id', [['active', '=', false]]);
    assert.deepEqual(found.get('WH'), { error: 'unknown' });
  });
});
