import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseQuantity, sumQuantities } from '../../lib/canonical/quantity.ts';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { mapping } from './support.ts';

const rows = [
  { to: 'product', from: 'Item', required: true },
  { to: 'location', from: 'Site', required: true },
  { to: 'period', from: 'week', transforms: ['period'], required: true },
  { to: 'quantity', from: 'pieces', transforms: ['number'], required: true },
];
const wideToLong = { columns: '####-W##', name: 'week', value: 'pieces' };

describe('a wide sheet', () => {
  const engine = compileMapping(mapping(rows, { to: 'forecast-line', wideToLong }));

  it('becomes one line a filled period column, each with its row’s line and its column', async () => {
    const sheet = [
      { Item: 'A', Site: 'WH', '2026-W50': '3', '2026-W51': '', '2026-W52': '0', total: '3', $line: 2 },
      { Item: 'B', Site: 'WH', '2026-W50': 'x', '2026-W51': '4', $line: 3 },
    ];
    const { records, refusals, lines } = await engine.map(sheet);
    const line = (product: string, period: string, quantity: string, $line: number) => ({
      product,
      location: 'WH',
      period,
      quantity,
      $line,
      $column: period,
    });
    assert.deepEqual(records, [line('A', '2026-W50', '3', 2), line('A', '2026-W52', '0', 2), line('B', '2026-W51', '4', 3)]);
    assert.equal(lines, 4, 'records and refusals together');
    assert.deepEqual(
      refusals.map(({ field, value, line, product, period, record }) => ({ field, value, line, product, period, record })),
      [
        {
          field: 'pieces',
          value: 'x',
          line: 3,
          product: 'B',
          period: '2026-W50',
          record: { Item: 'B', Site: 'WH', week: '2026-W50', pieces: 'x', $line: 3, $column: '2026-W50' },
        },
      ],
    );
  });

  it('gives each line who confirmed its row', async () => {
    const { records } = await engine.map([{ Item: 'A', Site: 'WH', '2026-W50': '3', $confirmed: 'anna' }]);
    assert.equal(records[0]?.$confirmed, 'anna');
  });

  it('needs the columns beside the periods, and not those it makes', () => {
    assert.deepEqual(engine.columns, { required: ['Item', 'Site'], optional: [] });
  });

  it('without any period column is refused', async () => {
    const { refusals } = await engine.map([{ Item: 'A', Site: 'WH', 'Week 50': 1, $line: 2 }]);
    assert.equal(refusals[0]?.message, 'has no column that fits ####-W##.');
    assert.equal(refusals[0]?.line, 2);
  });

  it('takes several patterns and exceptions', async () => {
    const several = compileMapping(
      mapping([{ to: 'name', from: 'n', transforms: [{ replace: { find: 'Qty ', with: '' } }] }], {
        wideToLong: { columns: ['Qty *', 'W??'], except: 'Qty total', name: 'n', value: 'v' },
      }),
    );
    const { records } = await several.map([{ 'Qty 1': 1, 'Qty total': 1, W01: 1, W1: 1, qty: 1 }]);
    assert.deepEqual(
      records.map(({ name }) => name),
      ['1', 'W01'],
    );
  });
});

describe('grouping', () => {
  const engine = compileMapping(
    mapping(
      [
        { to: 'product', from: 'p' },
        { to: 'customer', from: 'c' },
        { to: 'uom', from: 'u' },
        { to: 'quantity', from: 'q', transforms: ['number'] },
      ],
      { group: { by: ['product'], sum: ['quantity'] } },
    ),
  );

  it('sums exactly, keeps what all agree in, and says how many lines it stands for', async () => {
    const { records } = await engine.map([
      { p: 'A', c: 'X', u: 'Units', q: '0.1', $line: 2 },
      { p: 'B', c: 'X', u: 'Units', q: '1', $line: 3 },
      { p: 'A', c: 'Y', u: 'Units', q: '0.2', $line: 4 },
      { p: 'A', c: 'X', u: 'Units', q: '0.3', $line: 5, $source: { lines: 4, quantity: '0.3' } },
    ]);
    assert.deepEqual(records, [
      { product: 'A', uom: 'Units', quantity: '0.6', $line: 2, $source: { lines: 6, quantity: '0.6' } },
      { product: 'B', customer: 'X', uom: 'Units', quantity: '1', $line: 3, $source: { lines: 1, quantity: '1' } },
    ]);
  });

  it('keeps who confirmed the line that it goes by', async () => {
    const rows = [
      { p: 'A', q: '1', $line: 2, $confirmed: 'anna' },
      { p: 'A', q: '1', $line: 3 },
      { p: 'B', q: '1', $line: 4 },
      { p: 'B', q: '1', $line: 5, $confirmed: 'anna' },
    ];
    const { records } = await engine.map(rows);
    assert.deepEqual(
      records.map(({ $line, $confirmed }) => [$line, $confirmed]),
      [
        [2, 'anna'],
        [4, undefined],
      ],
    );
  });

  it('refuses a line whose quantity cannot be summed', async () => {
    const plain = compileMapping(
      mapping(
        [
          { to: 'a', from: 'a' },
          { to: 'q', from: 'q' },
        ],
        { group: { by: ['a'], sum: ['q'] } },
      ),
    );
    const { records, refusals } = await plain.map([{ a: 1, q: 'many' }, { a: 1, q: 2 }, { a: 1 }]);
    assert.equal(refusals[0]?.message, 'q: "many" is not a number.');
    assert.equal(records[0]?.q, 2);
  });

  it('conserves the total and the number of lines', async () => {
    const quantity = fc
      .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 0, max: 6 }))
      .map(([digits, places]) => parseQuantity(`${digits}e-${places}`));
    const line = fc.record({ p: fc.constantFrom('A', 'B', 'C', '__proto__'), q: quantity });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 60 }), async (lines) => {
        const { records } = await engine.map(lines);
        assert.equal(sumQuantities(records.map((record) => String(record.quantity))), sumQuantities(lines.map(({ q }) => q)));
        assert.equal(
          records.reduce((sum, record) => sum + record.$source!.lines, 0),
          lines.length,
        );
        assert.equal(records.length, new Set(lines.map(({ p }) => p)).size);
      }),
    );
  });
});
