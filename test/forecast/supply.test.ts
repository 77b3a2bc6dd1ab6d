import assert from 'node:assert/strict';
import { masterView } from '../../lib/forecast/master-view.ts';
import { type SupplyFacts, supplyOf } from '../../lib/forecast/supply.ts';
import { unitList } from '../../lib/forecast/units.ts';
import { bom, plant, product, supplier, TODAY, UNITS } from './plant.ts';

const NO_DAYS = { manufacture: 0, buy: 0 };
const facts = (more: Partial<SupplyFacts>): SupplyFacts => ({
  variant: 7,
  boms: [],
  suppliers: [],
  produceDays: 0,
  routed: undefined,
  ...more,
});
const supply = (more: Partial<SupplyFacts>, days = NO_DAYS) => supplyOf(facts(more), 1, days, TODAY);

describe('where supply comes from', () => {
  it('is made by a BoM of the template or of the variant, with the days of BoM, product and company', () => {
    assert.deepEqual(supply({ boms: [bom({ leadDays: 2 })], produceDays: 1.5 }, { manufacture: 1, buy: 9 }), {
      kind: 'manufacture',
      leadDays: 5,
      bom: 1,
    });
    assert.deepEqual(supply({ boms: [bom({ variant: 7 })] }), { kind: 'manufacture', leadDays: 0, bom: 1 });
  });
  it('is not made by another variant’s BoM, or another company’s', () => {
    assert.equal(supply({ boms: [bom({ variant: 8 })] }).kind, 'none');
    assert.equal(supply({ boms: [bom({ company: 2 })] }).kind, 'none');
  });
  it('is bought from the supplier that Odoo would choose first', () => {
    const suppliers = [
      supplier({ id: 1, sequence: 2, leadDays: 1 }),
      supplier({ id: 2, sequence: 1, price: 9, leadDays: 2 }),
      supplier({ id: 3, sequence: 1, price: 8, leadDays: 3 }),
    ];
    assert.deepEqual(supply({ suppliers }, { manufacture: 9, buy: 2 }), { kind: 'buy', leadDays: 5, partner: 50 });
  });
  it('is bought in bulk first where suppliers stand equal', () => {
    const suppliers = [supplier({ id: 1, leadDays: 1 }), supplier({ id: 2, leastQuantity: 100, price: 5, leadDays: 2 })];
    assert.deepEqual(supply({ suppliers }), { kind: 'buy', leadDays: 2, partner: 50 });
  });
  it('is bought only on days on which the supplier line holds, the first and last included', () => {
    for (const [from, to, kind] of [
      ['2026-11-30', '2026-11-30', 'buy'],
      ['2026-12-01', undefined, 'none'],
      [undefined, '2026-11-29', 'none'],
    ] as const)
      assert.equal(supply({ suppliers: [supplier({ from, to })] }).kind, kind);
  });
  it('needs a supplier where the BoM is a subcontractor’s', () => {
    assert.equal(supply({ boms: [bom({ kind: 'subcontract' })] }).kind, 'none');
    assert.equal(supply({ boms: [bom({ kind: 'subcontract' })], suppliers: [supplier()] }).kind, 'buy');
  });
  it('is made where it could be bought as well, unless the product’s routes say buy', () => {
    const both = { boms: [bom()], suppliers: [supplier()] };
    assert.equal(supply(both).kind, 'manufacture');
    assert.equal(supply({ ...both, routed: 'buy' }).kind, 'buy');
    assert.equal(supply({ boms: [bom()], routed: 'buy' }).kind, 'manufacture');
  });
  it('is none for a kit of the warehouse’s company, and stays for a kit of another', () => {
    assert.deepEqual(supply({ boms: [bom({ kind: 'phantom' }), bom()] }), { kind: 'none', why: 'kit', leadDays: 0 });
    assert.equal(supply({ boms: [bom({ kind: 'phantom', company: 2 }), bom()] }).kind, 'manufacture');
  });
});

describe('a reference that companies share', () => {
  it('stands for the product of the warehouse’s own company', () => {
    const products = new Map([
      ['SHARED', [product({ id: 1, company: 1, boms: [bom()] }), product({ id: 2, company: 2, boms: [bom()] })]],
    ]);
    const view = plant({ products });
    const { product: found } = view.standing('SHARED', 'WH', undefined);
    assert.equal(found.is === 'one' && found.product.id, 1);
    assert.equal(view.standing('SHARED', 'MOON', undefined).product.is, 'ambiguous');
  });
});

describe('the unit of a line', () => {
  const view = (units = UNITS) =>
    masterView(
      {
        productKey: 'default_code',
        products: new Map([['P', [product()]]]),
        warehouses: new Map(),
        units: unitList(units),
        companies: new Map(),
      },
      TODAY,
    );
  it('is found whatever its case, as it stands first', () => {
    assert.equal(view().standing('P', 'WH', 'dozens').unit?.is, 'convertible');
    const kg = UNITS.find(({ name }) => name === 'kg')!;
    const units = [...UNITS, { ...kg, id: 90, name: 'UNITS', root: 1, numerator: '5', denominator: '1' }];
    const { unit } = view(units).standing('P', 'WH', 'Units');
    assert.equal(unit?.is === 'convertible' && unit.unit.id, 1);
  });
  it('is the one that converts where two categories have a unit of that name', () => {
    const box = UNITS.find(({ name }) => name === 'kg')!;
    const { unit } = view([
      { ...box, id: 91, name: 'Piece', root: 2 },
      ...UNITS,
      { ...box, id: 92, name: 'Piece', root: 1, numerator: '1', denominator: '1' },
    ]).standing('P', 'WH', 'Piece');
    assert.equal(unit?.is === 'convertible' && unit.unit.id, 92);
  });
});
