import assert from 'node:assert/strict';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import { linesOf, VersionCollector } from '../../lib/forecast/versions/collect.ts';
import { differenceOf } from '../../lib/forecast/versions/difference.ts';
import { decide, type Limits } from '../../lib/forecast/versions/limits.ts';

const LIMITS: Limits = { changedLinesPercent: 50, totalDeviationPercent: 50, largestChangePercent: 30, first: 'automatic' };

/** What is wanted of products at WH by month, as `{ product: { period: quantity } }`. */
const wanting = (products: Readonly<Record<string, Readonly<Record<string, string>>>>): VersionItem[] =>
  Object.entries(products).map(([product, periods]) => ({
    product,
    location: 'WH',
    group: product[0] ?? '',
    uom: 'Units',
    lines: Object.keys(periods).length,
    sent: '0',
    periods: Object.entries(periods).map(([period, quantity]) => ({ period, quantity, lines: [] })),
  }));

describe('forecast versions', () => {
  it('gathers lines by product, place and period, exactly, and gives them back as lines', async () => {
    const collector = new VersionCollector();
    await collector.add([
      { product: 'B', location: 'WH', period: '2027-01', quantity: '0.1', uom: 'Units', $line: 4, $group: 'All' },
      { product: 'A', location: 'WH', period: '2027-01', quantity: '1', uom: 'Units', $line: 2, customer: 'Acme' },
    ]);
    await collector.add([
      {
        product: 'B',
        location: 'WH',
        period: '2026-12',
        quantity: '24',
        uom: 'Units',
        $line: 5,
        $source: { lines: 1, quantity: '2' },
      },
      { product: 'B', location: 'WH', period: '2027-01', quantity: '0.2', uom: 'Units', $line: 6, channel: 'web' },
    ]);
    const items = await collector.items();
    assert.deepEqual(items, [
      {
        product: 'B',
        location: 'WH',
        group: 'All',
        uom: 'Units',
        lines: 3,
        sent: '2.3',
        periods: [
          { period: '2026-12', quantity: '24', lines: [[5, '24']] },
          {
            period: '2027-01',
            quantity: '0.3',
            lines: [
              [4, '0.1'],
              [6, '0.2', '', 'web'],
            ],
          },
        ],
      },
      {
        product: 'A',
        location: 'WH',
        group: '',
        uom: 'Units',
        lines: 1,
        sent: '1',
        periods: [{ period: '2027-01', quantity: '1', lines: [[2, '1', 'Acme']] }],
      },
    ]);
    assert.deepEqual(
      linesOf(items).map(({ product, period, quantity, $source }) => [product, period, quantity, $source]),
      [
        ['B', '2026-12', '24', { lines: 1, quantity: '2.3' }],
        ['B', '2027-01', '0.3', { lines: 2, quantity: '0' }],
        ['A', '2027-01', '1', { lines: 1, quantity: '1' }],
      ],
    );
  });

  it('tells what is new, gone, changed and unchanged, with totals by group and place', async () => {
    const difference = await differenceOf(
      wanting({ A: { '2026-12': '10', '2027-01': '10' }, B: { '2026-12': '5' } }),
      wanting({ A: { '2026-12': '20', '2027-01': '10' }, C: { '2026-12': '1.5' } }),
    );
    assert.deepEqual(difference.counts, { new: 1, gone: 1, changed: 1, unchanged: 1, rolled: 0 });
    assert.deepEqual(difference.quantity, { before: '25', after: '31.5' });
    assert.deepEqual([difference.changedPercent, difference.deviationPercent, difference.firstDay], [75, 66, '2026-12-01']);
    assert.deepEqual(
      difference.changes.map(({ product, kind, change, percent }) => [product, kind, change, percent]),
      [
        ['A', 'changed', '10', 100],
        ['B', 'gone', '-5', -100],
        ['C', 'new', '1.5', null],
      ],
    );
    assert.deepEqual(difference.groups, [
      { group: 'A', before: '20', after: '30' },
      { group: 'C', before: '0', after: '1.5' },
      { group: 'B', before: '5', after: '0' },
    ]);
    assert.deepEqual(difference.places, [{ location: 'WH', before: '25', after: '31.5' }]);
  });

  it('takes what the calendar brought and took for no change', async () => {
    const difference = await differenceOf(
      wanting({ A: { '2026-11': '10', '2026-12': '10' } }),
      wanting({ A: { '2026-12': '10', '2027-01': '99' } }),
    );
    assert.deepEqual(difference.counts, { new: 1, gone: 1, changed: 0, unchanged: 1, rolled: 2 });
    assert.deepEqual([difference.changedPercent, difference.deviationPercent, difference.changes], [0, 0, []]);
    assert.deepEqual(decide(difference, LIMITS), { automatic: true, why: [] });
  });

  it('keeps the largest change by its share, however many there are, but for those too small to matter', async () => {
    const many = (first: string) =>
      Object.fromEntries(
        Array.from({ length: 5_000 }, (_, at) => [`P${at}`, { '2026-12': at === 0 ? first : String(1000 + at) }]),
      );
    const more = Object.fromEntries(
      Object.entries(many('3')).map(([product, periods]) => [product, product === 'P0' ? periods : { '2026-12': '1500' }]),
    );
    const before = wanting(many('1'));
    const difference = await differenceOf(before, wanting(more));
    assert.equal(difference.changes.length, 200);
    assert.deepEqual([difference.largest?.product, difference.largest?.percent], ['P0', 200]);
    assert.notEqual((await differenceOf(before, wanting(more), 5)).largest?.product, 'P0');
  });

  it('says each limit that a version is beyond, in words', async () => {
    const before = wanting({ A: { '2026-12': '10' }, B: { '2026-12': '30' } });
    const same = await differenceOf(before, before);
    assert.deepEqual(decide(same, { ...LIMITS, frozenUntil: '2027-12-31' }), { automatic: true, why: [] });
    const doubled = await differenceOf(before, wanting({ A: { '2026-12': '20' }, B: { '2026-12': '30' } }));
    assert.deepEqual(decide(doubled, LIMITS).why, ['A at WH in 2026-12 changes by 100 % (10 to 20); the limit is 30 %.']);
    assert.deepEqual(
      decide(doubled, {
        ...LIMITS,
        changedLinesPercent: 20,
        totalDeviationPercent: 10,
        largestChangePercent: 100,
        frozenUntil: '2026-12-01',
      }).why,
      [
        '50 % of the lines change; the limit is 20 %.',
        'All changes together are 25 % of the baseline; the limit is 10 %.',
        'It changes what is wanted from 2026-12-01 on; nothing changes by itself up to 2026-12-01.',
      ],
    );
    const first = await differenceOf(undefined, before);
    assert.deepEqual([decide(first, LIMITS).automatic, decide(first, { ...LIMITS, first: 'wait' }).automatic], [true, false]);
  });
});
