import assert from 'node:assert/strict';
import { CATALOGUE, type Reason } from '../../lib/exceptions/catalogue.ts';
import { appliedRules } from '../../lib/forecast/rules/applied.ts';
import { RULES } from '../../lib/forecast/rules/index.ts';
import { validateLines } from '../../lib/forecast/validation.ts';
import { bom, line, plant, product, run } from './plant.ts';

const judged = (given: Record<string, unknown>, settings = {}) => {
  const { accepted, refusals } = validateLines([line(given)], run(settings), plant());
  return { accepted, refusals, refusal: refusals[0] };
};

/** Reasons that depend on a setting or on what came before. */
const REASONS_OF_A_RUN: readonly Reason[] = ['INSIDE_LEAD_TIME', 'DEVIATION_EXCEEDED', 'DUPLICATE_LINE'];

describe('the rules of a forecast', () => {
  it('are named with what they are set to, those that are off left out', () => {
    const names = (settings: object, supplierDomain = '') =>
      appliedRules(run(settings), { productKey: 'barcode', supplierDomain });
    const standard = names({});
    assert.equal(standard.length, RULES.length - 1, 'all but the deviation from a baseline, where there is none');
    assert.ok(
      ['MALFORMED', 'UNKNOWN_PRODUCT:barcode', 'NO_SUPPLY_SOURCE', 'INSIDE_LEAD_TIME:warn'].every((name) =>
        standard.includes(name),
      ),
    );
    const deviations = [{ group: 'All / Bikes', percent: 30, quantity: 5 }, { percent: 50 }];
    const set = names(
      { pastDays: 7, futureDays: 365, insideLeadTime: 'off', deviations, baseline: async () => [] },
      "[('sequence','=',1)]",
    );
    assert.ok(!set.some((name) => name.startsWith('INSIDE_LEAD_TIME')));
    for (const name of [
      'OUTSIDE_HORIZON:-7..+365 days',
      'DEVIATION_EXCEEDED:All / Bikes 30 % and 5; * 50 %',
      "NO_SUPPLY_SOURCE:[('sequence','=',1)]",
    ])
      assert.ok(set.includes(name), `${name} is not among ${set}`);
  });

  const promises: [string, Record<string, unknown>, Reason, RegExp, string | undefined][] = [
    ['a line without a product', { product: '' }, 'MALFORMED', /"product" is empty/, 'product'],
    ['a line without a place', { location: undefined }, 'MALFORMED', /"location" is empty/, 'location'],
    ['a month 13', { period: '2026-13' }, 'MALFORMED', /2026-13.*month 13/, 'period'],
    ['a quantity that is no number', { quantity: 'ten' }, 'MALFORMED', /"ten" is not a number/, 'quantity'],
    ['a quantity of 1e400', { quantity: '1e400' }, 'MALFORMED', /not a finite number/, 'quantity'],
    ['a quantity of NaN', { quantity: Number.NaN }, 'MALFORMED', /not a finite number/, 'quantity'],
    ['a NUL in a reference', { product: 'A\u0000B' }, 'MALFORMED', /control characters/, 'product'],
    ['an object for a product', { product: { __proto__: null } }, 'MALFORMED', /"product"/, 'product'],
    ['a row that could not be read', { $unreadable: 'a quote never closes' }, 'MALFORMED', /a quote never closes/, undefined],
    ['a negative quantity', { quantity: '-0.5' }, 'NEGATIVE_QUANTITY', /-0\.5 is below zero/, 'quantity'],
    ['a product that Odoo does not have', { product: 'NOPE' }, 'UNKNOWN_PRODUCT', /internal reference "NOPE"/, 'product'],
    ['a reference that two active products share', { product: 'TWICE' }, 'AMBIGUOUS_PRODUCT', /2 active products/, 'product'],
    ['a product that is archived', { product: 'GONE' }, 'ARCHIVED_PRODUCT', /archived/, 'product'],
    ['a warehouse that Odoo does not have', { location: 'MOON' }, 'UNKNOWN_LOCATION', /"MOON"/, 'location'],
    ['a code that warehouses of two companies share', { location: 'BOTH' }, 'UNKNOWN_LOCATION', /2 warehouses/, 'location'],
    ['a unit that Odoo does not have', { uom: 'Furlongs' }, 'UNKNOWN_UNIT', /"Furlongs"/, 'uom'],
    ['a unit name with two meanings', { uom: 'Box' }, 'UNKNOWN_UNIT', /2 units.*convert differently/, 'uom'],
    ['kilograms of a product counted in units', { uom: 'kg' }, 'UNIT_MISMATCH', /"kg" does not convert to Units/, 'uom'],
    ['a product that nobody makes or sells', { product: 'NOTHING' }, 'NO_SUPPLY_SOURCE', /neither/, 'product'],
    ['a product whose supplier is out of date', { product: 'LATE' }, 'NO_SUPPLY_SOURCE', /in date/, 'product'],
    ['a kit, even with a supplier', { product: 'KIT' }, 'NO_SUPPLY_SOURCE', /is a kit.*components/, 'product'],
    ['a period wholly in the past', { period: '2026-W48' }, 'OUTSIDE_HORIZON', /2026-W48.*2026-11-30/, 'period'],
    ['a period beyond the horizon', { period: '2028-12' }, 'OUTSIDE_HORIZON', /2028-11-29/, 'period'],
  ];
  for (const [what, given, reason, message, field] of promises) {
    it(`${CATALOGUE[reason].disposition === 'rejected' ? 'rejects' : 'holds'} ${what}: ${reason}`, () => {
      const { accepted, refusals, refusal } = judged(given);
      assert.equal(accepted.length, 0);
      assert.equal(refusals.length, 1);
      assert.equal(refusal?.reason, reason);
      assert.match(refusal?.message ?? '', message);
      assert.equal(refusal?.field, field);
      assert.equal(refusal?.disposition, CATALOGUE[reason].disposition);
      assert.equal(refusal?.line, 1);
      assert.equal(refusal?.stage, 'validation');
    });
  }

  it('lets a good line go on, with quantity and unit in the product’s own', () => {
    const { accepted, refusals } = judged({ uom: 'Dozens', quantity: 2.5, customer: 'ACME' });
    assert.deepEqual(refusals, []);
    assert.deepEqual(accepted, [
      { ...line(), uom: 'Units', quantity: '30', customer: 'ACME', $source: { lines: 1, quantity: '2.5' } },
    ]);
  });

  it('marks a line with its product’s group', () => {
    const grouped = plant({ products: new Map([['MADE', [product({ group: 'All / Bikes', boms: [bom()] })]]]) });
    assert.equal(validateLines([line()], run(), grouped).accepted[0]?.$group, 'All / Bikes');
  });

  it('takes the product’s own unit where the line names none', () => {
    assert.equal(judged({ uom: '' }).accepted[0]?.uom, 'Units');
  });

  it('does not take an archived product beside an active one for ambiguity', () => {
    assert.equal(judged({ product: 'ONCE_ARCHIVED' }).accepted.length, 1);
  });

  it('takes the period that today is in as inside the horizon', () => {
    assert.equal(judged({ period: '2026-11' }).accepted.length, 1);
    assert.equal(judged({ period: '2026-W48' }, { pastDays: 1 }).accepted.length, 1);
  });

  it('names the first fault by the table, not the last', () => {
    assert.equal(judged({ quantity: -1, product: 'NOPE', location: 'MOON' }).refusal?.reason, 'NEGATIVE_QUANTITY');
    assert.equal(judged({ product: 'NOPE', location: 'MOON' }).refusal?.reason, 'UNKNOWN_PRODUCT');
    assert.equal(judged({ location: 'MOON', uom: 'Furlongs' }).refusal?.reason, 'UNKNOWN_LOCATION');
  });

  it('has a rule for every reason that validation may give, each once', () => {
    const reasons = RULES.map((rule) => rule.reason);
    assert.equal(new Set(reasons).size, reasons.length);
    assert.deepEqual([...reasons].sort(), [...new Set([...promises.map(([, , reason]) => reason), ...REASONS_OF_A_RUN])].sort());
  });
});

describe('a period inside the lead time', () => {
  it('goes on with a warning', () => {
    const { accepted, refusals } = judged({ period: '2026-12-02' });
    assert.equal(accepted.length, 1);
    assert.equal(refusals[0]?.reason, 'INSIDE_LEAD_TIME');
    assert.equal(refusals[0]?.disposition, 'warning');
    assert.match(refusals[0]?.message ?? '', /takes 3 days, until 2026-12-03/);
  });
  it('is held where the setting says so', () => {
    const { accepted, refusal } = judged({ period: '2026-12-02' }, { insideLeadTime: 'hold' });
    assert.equal(accepted.length, 0);
    assert.equal(refusal?.disposition, 'held');
  });
  it('is left alone where the rule is off', () => {
    assert.deepEqual(judged({ period: '2026-12-02' }, { insideLeadTime: 'off' }).refusals, []);
  });
  it('ends on the day on which an order placed today arrives', () => {
    assert.deepEqual(judged({ period: '2026-12-03' }).refusals, []);
  });
});

describe('the same line twice', () => {
  const both = (second: Record<string, unknown>, first: Record<string, unknown> = {}) =>
    validateLines([line(first), line({ $line: 2, ...second })], run(), plant());

  it('stands once, the first time', () => {
    const { accepted, refusals } = both({ quantity: '99' });
    assert.deepEqual(
      accepted.map((one) => one.quantity),
      ['10'],
    );
    assert.equal(refusals[0]?.reason, 'DUPLICATE_LINE');
    assert.match(refusals[0]?.message ?? '', /^Line 1 already/);
    assert.equal(refusals[0]?.line, 2);
  });
  it('is the same in another writing of the period', () => {
    assert.equal(both({ period: ' 2026-w50 ' }).refusals[0]?.reason, 'DUPLICATE_LINE');
  });
  it('is another line for another customer, channel, place or period', () => {
    for (const other of [{ customer: 'ACME' }, { channel: 'web' }, { location: 'WH2' }, { period: '2026-W51' }])
      assert.equal(both(other).accepted.length, 2);
  });
  it('does not take a customer for a channel', () => {
    assert.equal(both({ channel: 'A' }, { customer: 'A' }).accepted.length, 2);
  });
  it('counts only lines that are otherwise good', () => {
    assert.equal(both({}, { uom: 'kg' }).accepted.length, 1);
    assert.equal(both({}, { quantity: '-1' }).accepted.length, 1);
  });
  it('is seen across the batches of a run, and forgotten by the next run', () => {
    const one = run();
    validateLines([line()], one, plant());
    assert.equal(validateLines([line({ $line: 1001 })], one, plant()).refusals[0]?.reason, 'DUPLICATE_LINE');
    assert.equal(validateLines([line()], run(), plant()).accepted.length, 1);
  });
  it('gives no warning beside its hold', () => {
    const { refusals } = both({ period: '2026-12-01' }, { period: '2026-12-01' });
    assert.deepEqual(
      refusals.map((refusal) => [refusal.line, refusal.reason]),
      [
        [1, 'INSIDE_LEAD_TIME'],
        [2, 'DUPLICATE_LINE'],
      ],
    );
  });
});
