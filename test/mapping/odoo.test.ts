import assert from 'node:assert/strict';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { odooLookups } from '../../lib/mapping/odoo-lookups.ts';
import { loadPreset } from '../../lib/mapping/presets.ts';
import { onEveryOdoo } from '../contract/odoo/on-every-odoo.ts';

// Reads only, so that the suites that write find the database as it was.
onEveryOdoo('mapping', (odoo) => {
  /** A product that is bought. */
  const bought = () => (odoo.server.name === 'sandbox' ? 'TYRE-28' : 'FURN_6666');

  const first = async (model: string, domain: unknown[], fields: string[]) => {
    const rows = await odoo.client.call({ model, method: 'search_read', args: { domain, fields, limit: 1 }, readOnly: true });
    return (rows as Record<string, unknown>[])[0]!;
  };

  it('turns reordering rules into the orderpoints that this version replenishes', async () => {
    const product = await first('product.product', [['default_code', '=', bought()]], ['default_code']);
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
    const fields = new Set(Object.keys(await (await odoo.client.profile()).fields('stock.warehouse.orderpoint')));

    const given = [
      { product: bought(), location: 'WH', minimum: 5, maximum: 9.5, supply: 'buy', $source: { lines: 2, quantity: '9' } },
      { product: 'NO_SUCH', location: 'WH', minimum: 5, maximum: 9.5, supply: 'buy' },
      { product: bought(), location: 'NOWHERE', minimum: 5, maximum: 9.5, supply: 'buy' },
    ];
    const { records, refusals } = await compileMapping(loadPreset('odoo-reordering-rules')).map(given, {
      lookups: odooLookups(odoo.client),
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
    const lookups = odooLookups(odoo.client);
    const answer = await lookups.resolve('product.product', 'default_code', [bought()], 'external_id');
    const found = answer.get(bought());
    assert.ok(found && 'value' in found);
    const back = await lookups.resolve('product.product', 'external_id', [found.value, 'no.such_product'], 'default_code');
    assert.deepEqual([...back.values()], [{ value: bought() }, { error: 'unknown' }]);
  });

  it('counts an archived warehouse for none', async () => {
    const found = await odooLookups(odoo.client).resolve('stock.warehouse', 'code', ['WH'], 'id', [['active', '=', false]]);
    assert.deepEqual(found.get('WH'), { error: 'unknown' });
  });
});
