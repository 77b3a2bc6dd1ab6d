import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { TRANSFORMS } from '../../lib/mapping/transforms/index.ts';
import { faultsOf, mapping, transformed } from './support.ts';

/** Each case: what the steps are, what goes in, what comes out (or how the refusal reads), other columns. */
const CASES: Record<
  string,
  readonly (readonly [transforms: unknown[], given: unknown, expected: unknown, others?: Record<string, unknown>])[]
> = {
  trim: [
    [['trim'], ' \u00a0A 1 ', 'A 1'],
    [['trim'], '   ', undefined],
  ],
  upper: [[['upper'], 'äb-1', 'ÄB-1']],
  lower: [[['lower'], 'ABC', 'abc']],
  replace: [
    [[{ replace: { find: '.', with: '' } }], '1.2.3', '123'],
    [[{ replace: { find: 'a', with: '$&' } }], 'a', '$&'],
  ],
  substring: [
    [[{ substring: { start: 3, length: 2 } }], 'ABCDEF', 'CD'],
    [[{ substring: { start: 5 } }], 'ABCDEF', 'EF'],
    [[{ substring: { start: 9, length: 2 } }], 'AB', undefined],
  ],
  pad: [
    [[{ pad: { length: 5, with: '0' } }], 42, '00042'],
    [[{ pad: { length: 4, side: 'end' } }], 'AB', 'AB  '],
    [[{ pad: { length: 2 } }], 'ABC', 'in: "ABC" has 3 characters, where the field has 2.'],
  ],
  strip: [
    [[{ strip: { with: '0' } }], '00042', '42'],
    [[{ strip: { with: '0' } }], '000', '0'],
    [[{ strip: { with: 'x', side: 'end' } }], 'Axx', 'A'],
    [[{ strip: { with: '0', digitsOnly: true } }], '0A1', '0A1'],
  ],
  split: [
    [[{ split: { by: '-', take: 2 } }], 'A-B-C', 'B'],
    [[{ split: { by: '-', take: -1 } }], 'A-B-C', 'C'],
    [[{ split: { by: '-', take: 4 } }], 'A-B-C', undefined],
  ],
  join: [
    [[{ join: { columns: ['x', 'y'], by: '/' } }], 'A', 'A/B', { x: '', y: 'B' }],
    [[{ join: { columns: ['x', 'y'], by: '/' } }], undefined, 'B/3', { x: 'B', y: 3 }],
  ],
  table: [
    [[{ table: { values: { A: 'B', __proto__x: 'C' } } }], 'A', 'B'],
    [[{ table: { values: { A: 'B' } } }], 'constructor', 'in: "constructor" is not in the mapping\'s table.'],
    [[{ table: { values: { A: 'B' }, otherwise: 'keep' } }], 'Z', 'Z'],
    [[{ table: { values: { 1: 'one' }, otherwise: { value: 'other' } } }], 2, 'other'],
    [[{ table: { values: { 1: 'one' } } }], 1, 'one'],
  ],
  number: [
    [['number'], ' 12.50 ', '12.5'],
    [
      ['number'],
      '1,5',
      'in: "1,5" holds "," where the decimal sign is "."; set thousands to "," in the mapping if it separates thousands, or decimal to "," if it is the decimal sign.',
    ],
    [[{ number: { decimal: ',' } }], '1,5', '1.5'],
    [[{ number: { decimal: ',', thousands: '.' } }], '-1.234.567,89', '-1234567.89'],
    [[{ number: { decimal: ',', thousands: ' ' } }], '1\u202f234,5', '1234.5'],
    [[{ number: { decimal: ',', thousands: '.' } }], '12.34', 'in: "12.34" has thousands that are not groups of three digits.'],
    [[{ number: { as: 'number' } }], '12.5', 12.5],
    [
      [{ number: { decimal: ',' } }],
      '1.234',
      'in: "1.234" holds "." where the decimal sign is ","; set thousands to "." in the mapping if it separates thousands, or decimal to "." if it is the decimal sign.',
    ],
    [
      [{ number: {} }],
      '1,234',
      'in: "1,234" holds "," where the decimal sign is "."; set thousands to "," in the mapping if it separates thousands, or decimal to "," if it is the decimal sign.',
    ],
    [
      [{ number: { decimal: '.', thousands: ' ' } }],
      '1,234',
      'in: "1,234" holds "," where the decimal sign is "."; set thousands to "," in the mapping if it separates thousands, or decimal to "," if it is the decimal sign.',
    ],
    [[{ number: { decimals: 0 } }], '12.5', 'in: "12.5" is not a whole number.'],
    [[{ number: { decimals: 0 } }], '12.0', '12'],
    [[{ number: { decimal: 'auto' } }], '12.345', '12.345'],
    [[{ number: { decimal: 'auto' } }], '12,5', '12.5'],
    [[{ number: { decimal: 'auto' } }], '0,125', '0.125'],
    [[{ number: { decimal: 'auto' } }], '1.234,5', '1234.5'],
    [[{ number: { decimal: 'auto' } }], '1,234.5', '1234.5'],
    [[{ number: { decimal: 'auto' } }], '1,234,567', '1234567'],
    [
      [{ number: { decimal: 'auto' } }],
      '1,234',
      'in: "1,234" may be thousands or decimals; write it with a decimal point, or set the decimal sign in the mapping.',
    ],
    [['number'], true, 'in: "true" is not a number.'],
  ],
  numeral: [
    [[{ numeral: { decimal: ',', thousands: '.', decimals: 2 } }], '-1234567.5', '-1.234.567,50'],
    [[{ numeral: { decimals: 0 } }], '1.5', 'in: "1.5" has more than 0 decimals.'],
  ],
  plus: [
    [[{ plus: { columns: ['promo'] } }], '0.1', '0.3', { promo: '0.2' }],
    [[{ plus: { columns: ['promo'] } }], '5', '5', { promo: '' }],
    [[{ plus: { columns: ['promo'] } }], '', '2', { promo: 2 }],
    [[{ plus: { columns: ['promo'] } }], '5', 'in: "5" cannot be added to: column "promo" is not a number.', { promo: 'x' }],
  ],
  unit: [
    [[{ unit: { factor: 12 } }], '2.5', '30'],
    [[{ unit: { factor: '1/12' } }], '30', '2.5'],
    [[{ unit: { column: 'u', factors: { DZ: 12, EA: 1 } } }], '3', '36', { u: 'DZ' }],
    [
      [{ unit: { column: 'u', factors: { DZ: 12 } } }],
      '3',
      'in: "3" has the unit "KG", which the mapping does not know.',
      { u: 'KG' },
    ],
    [[{ unit: { column: 'u', factors: { DZ: 12 } } }], '3', 'in: "3" has no unit: column "u" is empty.'],
  ],
  date: [
    [[{ date: { format: 'dd.MM.yyyy' } }], '01.12.2026', '2026-12-01'],
    [[{ date: { format: 'd MMM yy' } }], '1 Dec 26', '2026-12-01'],
    [[{ date: { format: 'dd.MM.yyyy' } }], '31.02.2026', 'in: "31.02.2026" names a day or time that the calendar does not have.'],
    [[{ date: { format: 'dd.MM.yyyy' } }], '2026-12-01', 'in: "2026-12-01" does not fit the format dd.MM.yyyy.'],
    [[{ date: { format: 'yyyy-MM-dd HH:mm:ss', zone: 'utc' } }], '2026-12-01 23:30:00', '2026-12-02'],
    [['date'], '2026-12-01T23:30:00Z', '2026-12-02'],
    [['date'], '2026-12-01 07:00:00', '2026-12-01'],
    [[{ date: { format: 'excel' } }], '46357', '2026-12-01'],
    [[{ date: { format: 'unix', write: 'yyyy-MM-dd HH:mm', writeZone: 'utc' } }], 1_796_083_200, '2026-12-01 00:00'],
    [[{ date: { write: 'excel' } }], '2026-12-01', 46357],
  ],
  period: [
    [['period'], '2026-W50', '2026-W50'],
    [['period'], '2026-13', 'in: "2026-13" names month 13; months run from 1 to 12.'],
    [[{ period: { format: 'kkkkWW' } }], 202650, '2026-W50'],
    [[{ period: { format: 'kkkkWW' } }], '202654', 'in: "202654" names a day or time that the calendar does not have.'],
    [[{ period: { format: 'MM/yyyy' } }], '12/2026', '2026-12'],
    [[{ period: { format: 'dd.MM.yyyy', as: 'week' } }], '09.12.2026', '2026-W50'],
    [[{ period: { as: 'month' } }], '2026-12-09', '2026-12'],
    [[{ period: { as: 'month' } }], '2026-W50', 'in: "2026-W50" is a week and cannot be told as a month.'],
    [[{ period: { format: 'excel', as: 'week' } }], 46_357, '2026-W49'],
    [[{ period: { format: 'excel' } }], 20_261_201, 'in: "20261201" is in the year 57373 by the format excel; check the format.'],
    [
      [{ period: { format: 'unix' } }],
      1_796_083_200_000,
      'in: "1796083200000" is in the year 58885 by the format unix; check the format.',
    ],
    [
      [{ period: { format: 'iso' } }],
      '-000100-01-01',
      'in: "-000100-01-01" is in the year -100 by the format iso; check the format.',
    ],
    [[{ period: { index: { start: '2026-W52' } } }], '3', '2027-W01'],
    [[{ period: { until: { column: 'end' } } }], '2026-12-07', '2026-W50', { end: '2026-12-14' }],
    [[{ period: { until: { column: 'end', inclusive: true } } }], '2026-12-01', '2026-12', { end: '2026-12-31' }],
    [
      [{ period: { until: { column: 'end' } } }],
      '2026-12-07',
      'in: "2026-12-07" begins a period of 3 days that is no day, ISO week or month.',
      { end: '2026-12-10' },
    ],
    [
      [{ period: { until: { column: 'end' } } }],
      '2026-12-07',
      'in: "2026-12-07" ends, by column "end", before it begins.',
      { end: '2026-12-01' },
    ],
    [[{ period: { duration: { column: 'd', unit: 'minutes' } } }], '2026-12-07', '2026-W50', { d: 10_080 }],
    [[{ period: { duration: { column: 'd', unit: 'days' } } }], '2026-12-07', '2026-12-07', { d: '1' }],
    [[{ period: { write: 'kkkkWW' } }], '2026-W50', '202650'],
    [[{ period: { format: 'iso', zone: 'utc', as: 'week' } }], '2026-12-06T23:30:00Z', '2026-W49'],
    [[{ period: { format: 'iso', as: 'week' } }], '2026-12-06T23:30:00Z', '2026-W50'],
  ],
};

describe('the transforms', () => {
  for (const [name, cases] of Object.entries(CASES))
    it(`${name}: does what its cases say`, async () => {
      for (const [transforms, given, expected, others] of cases)
        assert.deepEqual(
          await transformed(transforms, given, others, { zone: 'Europe/Berlin' }),
          expected,
          JSON.stringify([transforms, given]),
        );
    });

  it('have a case each, but for the look-ups in Odoo, which have tests of their own', () => {
    assert.deepEqual(
      [...TRANSFORMS.keys()].filter((name) => !(name in CASES)),
      ['odoo', 'route'],
    );
  });

  it('leave an empty value alone, and take the default for it', async () => {
    const engine = compileMapping(
      mapping([
        { to: 'out', from: 'in', transforms: ['trim', 'upper'], default: 'none' },
        { to: 'raw', from: 'in', transforms: ['number'] },
      ]),
    );
    assert.deepEqual((await engine.map([{ in: '' }, { in: null }, {}])).records, [
      { out: 'none' },
      { out: 'none' },
      { out: 'none' },
    ]);
  });

  it('refuse options that contradict each other', () => {
    assert.match(
      faultsOf(mapping([{ to: 'a', from: 'b', transforms: [{ number: { decimal: ',', thousands: ',' } }] }]))[0]!,
      /cannot separate both/,
    );
    assert.match(
      faultsOf(mapping([{ to: 'a', from: 'b', transforms: [{ period: { as: 'week', index: { start: '2026-W01' } } }] }]))[0]!,
      /takes one of/,
    );
    assert.match(faultsOf(mapping([{ to: 'a', from: 'b', transforms: [{ unit: {} }] }]))[0]!, /takes "factor"/);
    assert.match(
      faultsOf(mapping([{ to: 'a', from: 'b', transforms: [{ period: { index: { start: '2026-99' } } }] }]))[0]!,
      /month 99/,
    );
  });

  it('answer with a value or a refusal whatever they are given, and never throw', async () => {
    const steps: unknown[][] = Object.values(CASES).flatMap((cases) => cases.map(([transforms]) => transforms));
    const engines = steps.map((transforms) => compileMapping(mapping([{ to: 'out', from: 'in', transforms }])));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.anything()),
        fc.anything(),
        async (value, other) => {
          const record = { in: value, x: other, u: other, d: other, end: other, promo: other } as Record<string, unknown>;
          for (const engine of engines) {
            const { records, refusals } = await engine.map([record]);
            assert.equal(records.length + refusals.length, 1);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
