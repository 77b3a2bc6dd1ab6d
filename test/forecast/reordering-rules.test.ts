import assert from 'node:assert/strict';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { parsePeriod } from '../../lib/canonical/period.ts';
import { ForecastError } from '../../lib/forecast/errors.ts';
import { DemandCollector } from '../../lib/forecast/targets/demand.ts';
import { type ReorderingSettings, reorderingRules } from '../../lib/forecast/targets/reordering-rules.ts';
import { wantedOf } from '../../lib/forecast/targets/wanted.ts';
import { validateLines } from '../../lib/forecast/validation.ts';
import { bom, line, plant, product, run, supplier, TODAY } from './plant.ts';

const ZONE = 'Europe/Berlin';
const SETTINGS: ReorderingSettings = { reviewDays: 7, cycleDays: 7, safetyDays: 0, today: TODAY };

async function rulesFor(lines: Record<string, unknown>[], settings: Partial<ReorderingSettings> = {}, view = plant()) {
  const collected = new DemandCollector();
  const { accepted, refusals } = validateLines(lines, run({ insideLeadTime: 'off', pastDays: 400, futureDays: 4000 }), view);
  assert.deepEqual(refusals, []);
  collected.add(accepted);
  return reorderingRules(await wantedOf(collected, view, ZONE), { ...SETTINGS, ...settings });
}

describe('reordering rules from a forecast', () => {
  it('cover lead time and review at least, and a cycle more at most', async () => {
    // Made in 3 days, looked at every 7: from Monday 30 November ten days, 7 of W49 and 3 of W50; the cycle takes 4 of W50 and 3 of W51.
    const rules = await rulesFor([
      line({ period: '2026-W49', quantity: '70' }),
      line({ period: '2026-W50', quantity: '14' }),
      line({ period: '2026-W51', quantity: '21' }),
    ]);
    assert.deepEqual(rules, [
      {
        product: 'MADE',
        location: 'WH',
        minimum: 76,
        maximum: 93,
        supply: 'manufacture',
        $source: { lines: 3, quantity: '105' },
        $planned: { product: 'MADE', location: 'WH' },
      },
    ]);
  });

  it('count only the days from today on of a period that has begun', async () => {
    const rules = await rulesFor([line({ period: '2026-W49', quantity: '7' })], { today: '2026-12-04' });
    assert.equal(rules[0]?.minimum, 3);
  });

  it('count nothing of a period that is over', async () => {
    const rules = await rulesFor([line({ period: '2026-W40', quantity: '7' })], { safetyDays: 3 });
    assert.deepEqual([rules[0]?.minimum, rules[0]?.maximum], [0, 0]);
  });

  it('keep days of average demand as safety, averaged over the days that the forecast covers', async () => {
    const rules = await rulesFor([line({ period: '2027-W10', quantity: '70' }), line({ period: '2027-W11', quantity: '0' })], {
      safetyDays: 3,
    });
    assert.deepEqual([rules[0]?.minimum, rules[0]?.maximum], [15, 15]);
  });

  it('spread a month over its own days', async () => {
    const rules = await rulesFor([line({ period: '2026-12', quantity: '31' })], { today: '2026-12-01' });
    assert.deepEqual([rules[0]?.minimum, rules[0]?.maximum], [10, 17]);
  });

  it('take the supplier’s lead time where it is bought', async () => {
    const rules = await rulesFor([line({ product: 'BOUGHT', period: '2026-12', quantity: '31' })], { today: '2026-12-01' });
    assert.deepEqual([rules[0]?.minimum, rules[0]?.supply], [17, 'buy']);
  });

  it('round up to the unit’s rounding, and not beyond it', async () => {
    assert.equal((await rulesFor([line({ period: '2026-W49', quantity: '10.001' })]))[0]?.minimum, 10.01);
    assert.equal((await rulesFor([line({ period: '2026-W49', quantity: '0.07' })]))[0]?.minimum, 0.07);
    assert.equal((await rulesFor([line({ product: 'PAIRED', period: '2026-W49', quantity: '5', uom: 'Units' })]))[0]?.minimum, 3);
  });

  it('order no hundredth too much when thirds add up to a whole', async () => {
    const dozens = new Map([['D', [product({ unit: 2, boms: [bom()] })]]]);
    const lines = ['a', 'b', 'c'].map((customer) =>
      line({ product: 'D', period: '2026-W49', quantity: '8', uom: 'Units', customer }),
    );
    assert.equal((await rulesFor(lines, {}, plant({ products: dozens })))[0]?.minimum, 2);
  });

  it('come down to nothing for a product that is gone, and leave gone periods out of the average', async () => {
    const gone = { quantity: '0', $source: { lines: 0, quantity: '0' } };
    const wanted = line({ period: '2027-W10', quantity: '70' });
    const lines = [wanted, line({ ...gone, period: '2027-W11' }), line({ ...gone, product: 'BOUGHT' })];
    const rules = await rulesFor(lines, { safetyDays: 3 });
    assert.deepEqual(
      rules.map(({ product, minimum, maximum, $source }) => [product, minimum, maximum, $source]),
      [
        ['MADE', 30, 30, { lines: 1, quantity: '70' }],
        ['BOUGHT', 0, 0, { lines: 0, quantity: '0' }],
      ],
    );
  });

  it('are none for what is gone from the plan and from Odoo', async () => {
    const collected = new DemandCollector();
    collected.add([line({ product: 'NOPE', quantity: '0', $source: { lines: 0, quantity: '0' } })]);
    assert.deepEqual(await wantedOf(collected, plant(), ZONE), []);
  });

  it('sum customers and channels, and keep places apart', async () => {
    const rules = await rulesFor([line({ customer: 'A' }), line({ customer: 'B' }), line({ location: 'WH2' })]);
    assert.deepEqual(
      rules.map(({ location, $source }) => [location, $source]),
      [
        ['WH', { lines: 2, quantity: '20' }],
        ['WH2', { lines: 1, quantity: '10' }],
      ],
    );
  });

  it('are none when nothing was accepted', async () => {
    assert.deepEqual(await reorderingRules([], SETTINGS), []);
  });

  it('are what counting day by day gives, for any forecast', async () => {
    const periods = fc.constantFrom(
      '2026-W49',
      '2026-W50',
      '2026-W51',
      '2026-11',
      '2026-12',
      '2027-02',
      '2026-12-05',
      '2027-01-01',
    );
    const given = fc.record({
      demand: fc.array(
        fc.tuple(
          periods,
          fc.integer({ min: 0, max: 1e7 }).map((cents) => (cents / 1000).toFixed(3)),
        ),
        { minLength: 1, maxLength: 8 },
      ),
      lead: fc.integer({ min: 0, max: 90 }),
      review: fc.integer({ min: 0, max: 30 }),
      cycle: fc.integer({ min: 0, max: 60 }),
      safety: fc.integer({ min: 0, max: 10 }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ demand, lead, review, cycle, safety }) => {
        const view = plant({ products: new Map([['P', [product({ suppliers: [supplier({ leadDays: lead })] })]]]) });
        const lines = demand.map(([period, quantity], at) => line({ product: 'P', period, quantity, customer: `C${at}` }));
        const [rule] = await rulesFor(lines, { reviewDays: review, cycleDays: cycle, safetyDays: safety }, view);
        const expected = byHand(demand, lead + review, cycle, safety);
        assert.deepEqual([rule?.minimum, rule?.maximum], expected);
      }),
      { numRuns: 200 },
    );
  });

  it('refuse days that are no whole numbers', async () => {
    await assert.rejects(
      rulesFor([line()], { reviewDays: -1 }),
      (error) => error instanceof ForecastError && error.code === 'settings',
    );
  });

  it('say so when Odoo no longer knows what was validated', async () => {
    const collected = new DemandCollector();
    collected.add([line({ product: 'NOPE' })]);
    await assert.rejects(
      wantedOf(collected, plant(), ZONE),
      (error) => error instanceof ForecastError && error.code === 'changed',
    );
  });
});

/** The slow way: a map from each day to its demand, with 60 digits, and a hair below for the digits that are only the division's. */
function byHand(demand: [string, string][], cover: number, cycle: number, safety: number): [number, number] {
  const Wide = Decimal.clone({ precision: 60 });
  const days = new Map<string, Decimal>();
  for (const [text, quantity] of demand) {
    const period = parsePeriod(text, 'Europe/Berlin');
    for (const day of period.days())
      if (day >= TODAY) days.set(day, (days.get(day) ?? new Wide(0)).plus(new Wide(quantity).dividedBy(period.dayCount)));
  }
  const after = (count: number) => new Date(Date.parse(TODAY) + count * 86_400_000).toISOString().slice(0, 10);
  const between = (first: string, end: string) =>
    [...days].filter(([day]) => day >= first && day < end).reduce((sum, [, units]) => sum.plus(units), new Wide(0));
  const covered = [...days.keys()].sort();
  const span = covered.length === 0 ? 1 : (Date.parse(covered.at(-1)!) - Date.parse(covered[0]!)) / 86_400_000 + 1;
  const minimum = between(TODAY, after(cover)).plus(between(TODAY, '9999-12-31').dividedBy(span).times(safety));
  const maximum = minimum.plus(between(after(cover), after(cover + cycle)));
  const up = (value: Decimal) => Number(value.minus('1e-40').dividedBy('0.01').ceil().times('0.01').toFixed());
  return [Math.max(0, up(minimum)), Math.max(0, up(maximum))];
}
