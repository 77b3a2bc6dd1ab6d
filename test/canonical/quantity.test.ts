import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CanonicalError } from '../../lib/canonical/errors.ts';
import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  readQuantity,
  roundUp,
  sumQuantities,
} from '../../lib/canonical/quantity.ts';
import { splitEvenly, splitQuantity } from '../../lib/canonical/quantity-split.ts';
import { convertQuantity } from '../../lib/canonical/unit-conversion.ts';

const quantity = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, places]) => parseQuantity(`${digits}e-${places}`));

describe('a quantity', () => {
  it('is the shortest plain decimal, whatever way it was written', () => {
    const written = ['1e3', '+2.50', '.5', '007', ' 12 ', '-0', '-0.0', 0.1, 1e-7, 12n];
    assert.deepEqual(written.map(parseQuantity), ['1000', '2.5', '0.5', '7', '12', '0', '0', '0.1', '0.0000001', '12']);
  });

  it('is not what is no number, not finite, or longer than a quantity', () => {
    for (const [value, why] of [
      ['1e400', /not a finite number/],
      [Number.POSITIVE_INFINITY, /not a finite number/],
      [Number.NaN, /not a finite number/],
      ['1e999999999', /not a number/],
      ['0x10', /not a number/],
      ['12 pcs', /not a number/],
      ['', /not a number/],
      [null, /not a number/],
      ['9'.repeat(10_000_000), /not a number/],
      [`1${'0'.repeat(20)}`, /more than 20 digits/],
      ['1e-21', /more than 20 decimals/],
    ] as const)
      assert.throws(
        () => parseQuantity(value),
        (error) =>
          error instanceof CanonicalError && error.code === 'quantity' && why.test(error.message) && error.message.length < 200,
      );
  });

  it('adds up exactly, where numbers do not', () => {
    assert.equal(sumQuantities(['0.1', '0.2', '-0.3']), '0');
    assert.equal(sumQuantities(['99999999999999999999', '0.00000000000000000001']), '99999999999999999999.00000000000000000001');
    fc.assert(
      fc.property(quantity, quantity, (one, other) =>
        assert.equal(
          addQuantities(
            addQuantities(one, other),
            parseQuantity(`${other.startsWith('-') ? other.slice(1) : other === '0' ? '0' : `-${other}`}`),
          ),
          one,
        ),
      ),
    );
  });

  it('is rounded up to a unit’s step and never down', () => {
    assert.equal(roundUp('1.001', '0.01'), '1.01');
    assert.equal(roundUp('0.3', '0.1'), '0.3');
    assert.equal(roundUp('7', '5'), '10');
    assert.throws(() => roundUp('1', 0), /not above zero/);
  });

  it('never throws on any value when it is only asked', () => {
    fc.assert(fc.property(fc.anything(), (value) => assert.ok(readQuantity(value) !== undefined)));
  });
});

describe('splitting a quantity', () => {
  it('spreads the remainder and loses none of it', () => {
    assert.deepEqual(splitQuantity('10', [1, 1, 1], 2), ['3.33', '3.34', '3.33']);
    assert.deepEqual(splitQuantity('10', [1, 0, 3]), ['2.5', '0', '7.5']);
  });

  it('conserves the total to the last digit, for any weights and any decimals', () => {
    const weights = fc
      .array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 60 })
      .filter((all) => all.some((weight) => weight > 0));
    fc.assert(
      fc.property(quantity, weights, fc.integer({ min: 0, max: 12 }), (total, shares, decimals) => {
        const parts = splitQuantity(total, shares, decimals);
        assert.equal(parts.length, shares.length);
        assert.equal(sumQuantities(parts), total);
        for (const part of parts)
          assert.ok(compareQuantities(total, '0') * compareQuantities(part, '0') >= 0, 'no part goes the other way');
      }),
    );
  });

  it('gives the days of a week what they add up to again', () => {
    assert.equal(sumQuantities(splitEvenly('100', 7)), '100');
  });

  it('refuses weights that say nothing', () => {
    for (const weights of [[], [0, 0], [2, -1]]) assert.throws(() => splitQuantity('1', weights), CanonicalError);
  });
});

describe('converting a quantity', () => {
  it('turns dozens into units and units into dozens exactly', () => {
    assert.equal(convertQuantity('2', 12, 1), '24');
    assert.equal(convertQuantity('18', 1, 12), '1.5');
    assert.equal(convertQuantity('12', '1/12', 1), '1');
    assert.equal(convertQuantity('1', 1, 12), '0.08333333333333333333');
  });

  it('comes back to what it was', () => {
    const factor = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(quantity, factor, (amount, up) => assert.equal(convertQuantity(convertQuantity(amount, up, 1), 1, up), amount)),
    );
  });

  it('conserves the total: the sum converted is the sum of the converted', () => {
    fc.assert(
      fc.property(fc.array(quantity, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 144 }), (all, factor) => {
        assert.equal(
          sumQuantities(all.map((one) => convertQuantity(one, factor, 1))),
          convertQuantity(sumQuantities(all), factor, 1),
        );
      }),
    );
  });

  it('refuses a factor of zero', () => {
    assert.throws(
      () => convertQuantity('1', 0, 1),
      (error) => error instanceof CanonicalError && error.code === 'unit',
    );
  });
});
