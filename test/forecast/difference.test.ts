import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addQuantities, exact, quantityText, sumQuantities } from '../../lib/canonical/quantity.ts';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import { type Comparing, differenceOf } from '../../lib/forecast/versions/difference.ts';
import { decide, Limits } from '../../lib/forecast/versions/limits.ts';
import { longestStall } from '../support/stall.ts';
import { TODAY } from './plant.ts';

/** An item that wants these quantities, by period. */
const item = (product: string, wanted: Record<string, string>, more: Partial<VersionItem> = {}): VersionItem => {
  const periods = Object.entries(wanted).map(([period, quantity]) => ({
    period,
    quantity,
    lines: [[2, quantity] as [number, string]],
  }));
  const sent = sumQuantities(Object.values(wanted));
  return { product, location: 'WH', group: 'Bikes', uom: 'Units', lines: periods.length, sent, periods, ...more };
};
const compared = (before: VersionItem[] | undefined, after: VersionItem[], how: Partial<Comparing> = {}) =>
  differenceOf(before, after, { today: TODAY, ...how });

describe('the difference from the baseline', () => {
  const BASELINE = [
    item('CITY', { '2026-12': '10', '2027-01': '20', '2027-02': '30' }),
    item('TYRE', { '2026-12': '100' }, { group: 'Parts', location: 'WH2' }),
  ];

  it('tells new, gone, changed and unchanged lines, with quantities and percent', async () => {
    const {
      compared: known,
      total,
      changes,
    } = await compared(BASELINE, [
      item('CITY', { '2026-12': '10', '2027-01': '25', '2027-03': '7.5' }),
      item('TYRE', { '2026-12': '90' }, { group: 'Parts', location: 'WH2' }),
    ]);
    assert.equal(known, true);
    assert.deepEqual(total, {
      new: 1,
      gone: 1,
      changed: 2,
      unchanged: 1,
      ahead: 0,
      before: '160',
      after: '132.5',
      deviation: '52.5',
      percent: 32.81,
      share: 80,
    });
    assert.deepEqual(
      changes.map(({ kind, product, period, before, after, percent }) => [kind, product, period, before, after, percent]),
      [
        ['gone', 'CITY', '2027-02', '30', '0', -100],
        ['changed', 'TYRE', '2026-12', '100', '90', -10],
        ['new', 'CITY', '2027-03', '0', '7.5', null],
        ['changed', 'CITY', '2027-01', '20', '25', 25],
      ],
    );
  });

  it('totals by product group and by place, what deviates most first', async () => {
    const { groups, places } = await compared(BASELINE, [BASELINE[0]!]);
    assert.deepEqual(
      groups.map(({ group, gone, unchanged, deviation, percent }) => [group, gone, unchanged, deviation, percent]),
      [
        ['Parts', 1, 0, '100', 100],
        ['Bikes', 0, 3, '0', 0],
      ],
    );
    assert.deepEqual(
      places.map(({ location, before, after }) => [location, before, after]),
      [
        ['WH2', '100', '0'],
        ['WH', '60', '60'],
      ],
    );
  });

  it('takes a period that is over for past, not for gone', async () => {
    const before = [item('CITY', { '2026-W47': '5', '2026-W48': '5', '2026-11': '5', '2026-W49': '5' })];
    const { total } = await compared(before, [item('CITY', { '2026-W49': '5' })]);
    // W48 ended the day before, November ends with today.
    assert.deepEqual([total.gone, total.unchanged, total.before], [1, 1, '10']);
  });

  it('takes what is new at the end for the calendar’s as far as the plan’s beginning moved on', async () => {
    const months = (from: number, count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [new Date(Date.UTC(2026, from + at)).toISOString().slice(0, 7), '10']),
      );
    const rolled = async (after: Record<string, string>) => {
      const { total } = await compared([item('CITY', months(11, 12))], [item('CITY', after)], { today: '2027-01-04' });
      return [total.new, total.ahead, total.gone, total.deviation, total.share];
    };
    assert.deepEqual(await rolled(months(12, 12)), [1, 1, 0, '0', 0]);
    assert.deepEqual(await rolled(months(12, 14)), [3, 1, 0, '20', 15.38], 'a plan that grew by two months more');
    assert.deepEqual(await rolled(months(11, 13)), [1, 0, 0, '10', 7.69], 'a plan that began as before, and grew');
    const { '2027-06': _, ...gap } = months(12, 12);
    assert.deepEqual(await rolled(gap), [1, 1, 1, '10', 9.09]);
  });

  it('names the first day in which something differs that is not over', async () => {
    const before = [item('CITY', { '2026-W48': '1', '2026-11': '5', '2026-W51': '5', '2027-01': '5' })];
    const first = async (wanted: Record<string, string>) => (await compared(before, [item('CITY', wanted)])).firstDay;
    assert.equal(await first({ '2026-W48': '2', '2026-11': '5', '2026-W51': '6', '2027-01': '6' }), '2026-12-14');
    assert.equal(await first({ '2026-11': '6', '2026-W51': '5', '2027-01': '5' }), '2026-11-01');
    assert.equal(await first({ '2026-11': '5', '2026-W51': '5', '2027-01': '5' }), null);
  });

  it('does not compare quantities in different units', async () => {
    const { total, changes } = await compared(
      [item('CITY', { '2026-12': '12' })],
      [item('CITY', { '2026-12': '12' }, { uom: 'Dozens' })],
    );
    assert.deepEqual([total.new, total.gone, total.changed, total.unchanged], [1, 1, 0, 0]);
    assert.deepEqual(changes.map(({ kind, uom }) => [kind, uom]).sort(), [
      ['gone', 'Units'],
      ['new', 'Dozens'],
    ]);
  });

  it('lists only so many changes, the largest, and counts them all', async () => {
    const many = Array.from({ length: 500 }, (_, at) => item(`P${at}`, { '2026-12': String((at * 7) % 501) }));
    const { total, changes } = await compared([], many, { listed: 3 });
    assert.deepEqual([total.new, changes.map(({ after }) => after)], [500, ['500', '499', '498']]);
    assert.deepEqual((await compared([], many, { listed: 0 })).changes, []);
  });

  it('says that all is new where there is no baseline', async () => {
    const { compared: known, total, largest } = await compared(undefined, BASELINE);
    assert.deepEqual([known, total.new, total.percent, largest], [false, 4, null, null]);
  });

  it('finds the largest change among the lines of the baseline, and how many go beyond a limit', async () => {
    const before = [item('A', { '2026-12': '1', '2027-01': '1000', '2027-02': '0' })];
    const after = [item('A', { '2026-12': '3', '2027-01': '1100', '2027-02': '5', '2027-03': '9999' })];
    const { largest, beyond } = await compared(before, after, { limit: { percent: 30, quantity: 3 } });
    assert.deepEqual(
      [largest?.period, beyond.count, beyond.largest?.period, beyond.largest?.percent],
      ['2027-01', 1, '2027-02', null],
    );
    assert.equal((await compared(before, after)).beyond.count, 0);
  });

  it('is exact, whatever is compared', async () => {
    const wanted = fc.dictionary(
      fc.constantFrom('2026-12', '2027-01', '2027-02', '2026-W52'),
      fc.constantFrom('0', '0.1', '0.2', '0.30000000000000000001', '12', '99999999999999999999'),
    );
    // One product has it that neither plan begins or ends before the other.
    const throughout = item('THROUGHOUT', { '2026-12': '1', '2027-02': '1' });
    const items = fc
      .dictionary(fc.constantFrom('A', 'B', 'C', '__proto__'), wanted)
      .map((by) => [
        throughout,
        ...Object.entries(by).map(([product, periods]) => item(product, periods, { group: product < 'B' ? 'x' : 'y' })),
      ]);
    await fc.assert(
      fc.asyncProperty(items, items, async (before, after) => {
        const { total, groups, places, changes } = await compared(before, after);
        const sent = (list: VersionItem[]) => sumQuantities(list.map((one) => one.sent));
        assert.deepEqual([total.before, total.after], [sent(before), sent(after)]);
        assert.equal(total.new + total.gone + total.changed, changes.length);
        const moved = changes.map((one) => quantityText(exact(one.after).minus(one.before).abs()));
        assert.equal(sumQuantities(moved), total.deviation);
        assert.equal(
          addQuantities(total.before, sumQuantities(changes.map((one) => quantityText(exact(one.after).minus(one.before))))),
          total.after,
        );
        for (const parts of [groups, places]) {
          assert.equal(sumQuantities(parts.map(({ deviation }) => deviation)), total.deviation);
          assert.equal(
            parts.reduce((lines, part) => lines + part.unchanged, 0),
            total.unchanged,
          );
        }
        const back = await compared(after, before);
        assert.deepEqual([back.total.new, back.total.gone, back.total.deviation], [total.gone, total.new, total.deviation]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the limits of an automatic release', () => {
  const before = [item('FURN-1', { '2026-12': '10', '2027-01': '100' }), item('FURN-2', { '2026-12': '90' })];
  const decided = async (after: VersionItem[], limits: Partial<Limits>, baseline: VersionItem[] | undefined = before) => {
    const all = Limits.parse(limits);
    return decide(await compared(baseline, after, { limit: all.change }), all);
  };
  const doubled = [item('FURN-1', { '2026-12': '20', '2027-01': '100' }), item('FURN-2', { '2026-12': '90' })];

  it('let a version go on that is within them, up to the limit itself', async () => {
    assert.deepEqual(await decided(doubled, { share: 33.34, deviation: 5, change: { percent: 100 } }), {
      automatic: true,
      why: [],
    });
    assert.deepEqual(await decided(doubled, {}), { automatic: true, why: [] });
    assert.deepEqual(await decided(before, { share: 0, deviation: 0, change: { percent: 0, quantity: 0 } }), {
      automatic: true,
      why: [],
    });
  });

  it('say in words why a version waits', async () => {
    assert.deepEqual(await decided(doubled, { share: 30, deviation: 4.9, change: { percent: 30 } }), {
      automatic: false,
      why: [
        '33.33 % of the lines differ from the baseline; the limit is 30 %.',
        'The quantities deviate from the baseline by 5 % in all; the limit is 4.9 %.',
        'Product FURN-1 at WH changes by 100 % in 2026-12, from 10 to 20 Units; the limit is 30 %.',
      ],
    });
  });

  it('hold a single change to both its limits, percent and quantity', async () => {
    assert.equal((await decided(doubled, { change: { percent: 30, quantity: 10 } })).automatic, true);
    assert.deepEqual((await decided(doubled, { change: { percent: 30, quantity: 9.5 } })).why, [
      'Product FURN-1 at WH changes by 100 % in 2026-12, from 10 to 20 Units; the limit is 30 % and 9.5 Units.',
    ]);
    assert.equal((await decided(doubled, { change: { quantity: 9.5 } })).automatic, false);
  });

  it('count how many changes are beyond, and take a line that is gone for one', async () => {
    const { why } = await decided([item('FURN-1', { '2026-12': '30' })], { change: { percent: 50 } });
    assert.deepEqual(why, [
      'Product FURN-1 at WH changes by 200 % in 2026-12, from 10 to 30 Units; the limit is 50 %. So do 2 more.',
    ]);
  });

  it('do not take a new line for a change, but count it', async () => {
    const more = [...before, item('FURN-3', { '2026-12': '50' })];
    assert.equal((await decided(more, { change: { percent: 1 } })).automatic, true);
    assert.equal((await decided(more, { share: 20 })).automatic, false);
    assert.equal((await decided(more, { deviation: 20 })).automatic, false);
  });

  it('hold what changes within the frozen horizon', async () => {
    assert.equal((await decided(doubled, { frozenUntil: '2026-11-30' })).automatic, true);
    assert.deepEqual((await decided(doubled, { frozenUntil: '2026-12-01' })).why, [
      'It changes what is wanted from 2026-12-01 on; up to 2026-12-01 the plan is frozen.',
    ]);
    assert.equal((await decided(before, { frozenUntil: '2027-12-01' })).automatic, true);
  });

  it('decide by a setting where there is no baseline, and by the limits where it wants nothing', async () => {
    const none = Limits.parse({ deviation: 10 });
    const first = await compared(undefined, before);
    assert.deepEqual(decide(first, none), { automatic: false, why: ['There is no released version yet to compare it with.'] });
    assert.equal(decide(first, { ...none, first: 'automatic' }).automatic, true);
    assert.deepEqual((await decided(before, { deviation: 10 }, [])).why, [
      'The baseline wants nothing, so that all quantities are new.',
    ]);
  });
});

describe('the difference of large versions', function () {
  this.timeout(30_000);
  it('is found for 100,000 lines in under three seconds, nothing held up over 50 ms', async () => {
    const version = (factor: number) =>
      Array.from({ length: 2_000 }, (_, at) =>
        item(
          `P${at}`,
          Object.fromEntries(
            Array.from({ length: 50 }, (_, week) => [
              `2027-W${String(week + 1).padStart(2, '0')}`,
              `${at % 100 === 0 ? factor * (at + 1) : at + 1}.5`,
            ]),
          ),
          { group: `G${at % 40}` },
        ),
      );
    const [before, after] = [version(1), version(2)];
    const began = performance.now();
    const stall = await longestStall(async () => {
      const { total } = await compared(before, after);
      assert.deepEqual([total.changed, total.unchanged, total.share], [1_000, 99_000, 1]);
    });
    assert.ok(performance.now() - began < 3_000);
    assert.ok(stall < 50, `held up for ${stall.toFixed(1)} ms`);
  });
});
