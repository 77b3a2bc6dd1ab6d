import assert from 'node:assert/strict';
import { MENDABLE, mendedNow } from '../../lib/forecast/mended.ts';
import { bom, line, plant, product, run, supplier } from './plant.ts';

describe('what is mended in Odoo', () => {
  const now = (reason: string, ...lines: Record<string, unknown>[]) => mendedNow(reason, lines.map(line), run(), plant());

  const promises: [string, string, Record<string, unknown>, string][] = [
    ['a supplier that was added', 'NO_SUPPLY_SOURCE', { product: 'BOUGHT' }, 'Supplier added: BOUGHT'],
    ['a bill of materials that was added', 'NO_SUPPLY_SOURCE', { product: 'MADE' }, 'Bill of materials added: MADE'],
    ['a product that was added', 'UNKNOWN_PRODUCT', {}, 'Product added: MADE'],
    ['a product that was unarchived', 'ARCHIVED_PRODUCT', {}, 'Product unarchived: MADE'],
    ['a name that only one product has now', 'AMBIGUOUS_PRODUCT', {}, 'One product left by that name: MADE'],
    ['a warehouse that was added', 'UNKNOWN_LOCATION', { location: 'WH2' }, 'Warehouse added: WH2'],
    ['a unit that was added', 'UNKNOWN_UNIT', { uom: 'Dozens' }, 'Unit of measure added: Dozens'],
    ['a unit that converts now', 'UNIT_MISMATCH', { uom: 'Dozens' }, 'Dozens converts now to the unit of MADE'],
  ];
  for (const [what, reason, given, words] of promises) it(`names ${what}`, () => assert.equal(now(reason, given), words));

  it('is named for every reason that can be looked up in Odoo', () =>
    assert.deepEqual(
      promises
        .map(([, reason]) => reason)
        .filter((reason, at, all) => all.indexOf(reason) === at)
        .sort(),
      [...MENDABLE].sort(),
    ));

  it('is nothing as long as all lines would be held as before', () => {
    assert.equal(now('NO_SUPPLY_SOURCE', { product: 'NOTHING' }, { product: 'LATE' }), undefined);
    assert.equal(now('UNKNOWN_LOCATION', { location: 'MOON' }), undefined);
    assert.equal(now('UNKNOWN_UNIT', { uom: 'Furlongs' }), undefined);
    assert.equal(now('DEVIATION_EXCEEDED', {}), undefined, 'nothing in Odoo mends that');
  });

  it('is not what has become worse: a product without supply that is archived now', () =>
    assert.equal(now('NO_SUPPLY_SOURCE', { product: 'GONE' }), undefined));

  it('is a cause whose lines are held for another one after it', () =>
    assert.equal(now('UNKNOWN_PRODUCT', { product: 'NOTHING' }), 'Product added: NOTHING'));

  it('takes one line that would pass for all of the cause', () => {
    const facts = { products: new Map([['FRESH', [product({ boms: [bom()], suppliers: [supplier()] })]]]) };
    const lines = [line({ product: 'FRESH', location: 'MOON' }), line({ product: 'FRESH' })];
    assert.equal(mendedNow('UNKNOWN_LOCATION', lines, run(), plant(facts)), 'Warehouse added: WH');
  });
});
