import assert from 'node:assert/strict';
import fc from 'fast-check';
import { periodOf } from '../../lib/canonical/period.ts';
import { parseQuantity } from '../../lib/canonical/quantity.ts';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { MappingError } from '../../lib/mapping/errors.ts';
import { loadPreset } from '../../lib/mapping/presets.ts';
import { fakeLookups, mapping } from './support.ts';

const faultsOfInverse = (source: unknown): string[] => {
  try {
    compileMapping(source).inverse();
    return [];
  } catch (error) {
    assert.ok(error instanceof MappingError && error.code === 'not-invertible');
    return error.issues.map(({ at, message }) => `${at}: ${message}`);
  }
};

const quantity = fc
  .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 0, max: 6 }))
  .map(([digits, places]) => parseQuantity(`${digits}e-${places}`));
const reference = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,11}$/);
const period = fc
  .tuple(
    fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
    fc.constantFrom('day', 'week', 'month'),
  )
  .map(([date, kind]) => periodOf(kind, date.toISOString().slice(0, 10)).text);

describe('the inverse of a mapping', () => {
  it('gives the record back that the mapping was given, through every step that can be undone', async () => {
    const engine = compileMapping(
      mapping([
        { to: 'product', from: 'Item', transforms: ['trim', { strip: { length: 12, with: '0' } }] },
        { to: 'quantity', from: 'Qty', transforms: [{ number: { decimal: ',', thousands: '.' } }, { unit: { factor: 12 } }] },
        { to: 'day', from: 'Date', transforms: [{ date: { format: 'dd.MM.yyyy' } }] },
        { to: 'month', from: 'Month', transforms: [{ period: { format: 'MM/yyyy' } }] },
        { to: 'stamp', from: 'Stamp', transforms: [{ date: { format: 'yyyy-MM-dd HH:mm:ss', zone: 'utc', write: 'iso' } }] },
        { to: 'unit', from: 'UoM', transforms: [{ table: { values: { EA: 'Units', DZ: 'Dozens' } } }] },
        { to: 'status', constant: 'new' },
      ]),
    );
    const back = engine.inverse();
    assert.equal(back.name, 'test.inverse@1');
    const theirs = {
      Item: '0000FURN9666',
      Qty: '1.234,5',
      Date: '09.12.2026',
      Month: '12/2026',
      Stamp: '2026-12-01 23:30:00',
      UoM: 'DZ',
    };
    for (const zone of ['utc', 'America/New_York', 'Asia/Tokyo']) {
      const there = await engine.map([theirs], { zone });
      assert.deepEqual(there.refusals, []);
      assert.equal(there.records[0]?.quantity, '14814');
      assert.deepEqual((await back.map(there.records, { zone })).records, [theirs]);
    }
  });

  it('gives every forecast line back through the default mapping', async () => {
    const engine = compileMapping(loadPreset('forecast-default'));
    const line = fc.record(
      { product: reference, location: reference, period, quantity, uom: reference, customer: reference },
      { requiredKeys: ['product', 'location', 'period', 'quantity'] },
    );
    const back = engine.inverse();
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const there = await engine.map(lines.map((one) => ({ ...one })));
        assert.deepEqual(
          (await back.map(there.records)).records,
          lines.map((one) => ({ ...one })),
        );
      }),
    );
  });

  it('turns a look-up in Odoo round', async () => {
    const engine = compileMapping(
      mapping([{ to: 'product_id', from: 'product', transforms: [{ odoo: { model: 'product.product', by: 'default_code' } }] }]),
    );
    const { lookups, asked } = fakeLookups({ 'product.product id default_code': { 7: { value: 'FURN_9666' } } });
    assert.deepEqual((await engine.inverse().map([{ product_id: 7 }], { lookups })).records, [{ product: 'FURN_9666' }]);
    assert.deepEqual(asked, [{ model: 'product.product', by: 'id', values: [7], take: 'default_code' }]);
  });

  it('says which row cannot be turned round, and why', () => {
    assert.deepEqual(
      faultsOfInverse(
        mapping(
          [
            { to: 'a', from: 'A', transforms: ['trim', { split: { by: '-', take: 1 } }] },
            { to: 'b', from: ['B', 'Beta'] },
            { to: 'c', from: 'C', transforms: [{ table: { values: { x: '1', y: '1' } } }] },
            { to: 'd', from: 'D' },
            { to: 'e', from: 'D' },
            { to: 'q', from: 'Q', transforms: [{ unit: { column: 'u', factors: { DZ: 12 } } }] },
          ],
          { group: { by: ['a'], sum: ['q'] } },
        ),
      ),
      [
        'group: a sum does not tell its parts',
        'rows[0].transforms[1]: split cannot be undone: a part does not tell the whole',
        'rows[1]: which of B, Beta it came from cannot be told',
        'rows[2].transforms[0]: table cannot be undone: two values of the table become the same',
        'rows[5].transforms[0]: unit cannot be undone: the unit that the quantity had cannot be told',
        'rows: "D" goes into several fields, and which one it comes back from cannot be told',
      ],
    );
  });
});
