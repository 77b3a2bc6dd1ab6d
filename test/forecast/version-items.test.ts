import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FlowRecord } from '../../lib/canonical/marks.ts';
import { sumQuantities } from '../../lib/canonical/quantity.ts';
import { VersionItem } from '../../lib/canonical/version-item.ts';
import { validateLines } from '../../lib/forecast/validation.ts';
import { mergeItems, VersionCollector } from '../../lib/forecast/versions/collect.ts';
import { goneItems } from '../../lib/forecast/versions/gone.ts';
import { linesOf } from '../../lib/forecast/versions/lines-of.ts';
import { together } from '../../lib/forecast/versions/together.ts';
import { longestStall } from '../support/stall.ts';
import { line, plant, run } from './plant.ts';

const accepted = (more: Record<string, unknown> = {}): FlowRecord =>
  ({ ...line(), uom: 'Units', $group: 'All / Bikes', ...more }) as FlowRecord;

async function collected(...lines: FlowRecord[]): Promise<VersionItem[]> {
  const collector = new VersionCollector();
  await collector.add(lines);
  return collector.items();
}

describe('the items of a version', () => {
  it('are summed by product, place and period, and know the lines behind them', async () => {
    const items = await collected(
      accepted({ $line: 2, customer: 'ACME', quantity: '0.1' }),
      accepted({ $line: 3, channel: 'web', quantity: '0.2' }),
      accepted({ $line: 4, location: 'WH2', $group: undefined }),
      accepted({ $line: 5, quantity: '5', period: '2026-12' }),
    );
    assert.deepEqual(items, [
      {
        product: 'MADE',
        location: 'WH',
        group: 'All / Bikes',
        uom: 'Units',
        lines: 3,
        sent: '5.3',
        periods: [
          { period: '2026-12', quantity: '5', lines: [[5, '5']] },
          {
            period: '2026-W50',
            quantity: '0.3',
            lines: [
              [2, '0.1', 'ACME'],
              [3, '0.2', '', 'web'],
            ],
          },
        ],
      },
      {
        product: 'MADE',
        location: 'WH2',
        group: '',
        uom: 'Units',
        lines: 1,
        sent: '10',
        periods: [{ period: '2026-W50', quantity: '10', lines: [[4, '10']] }],
      },
    ]);
    for (const item of items) assert.deepEqual(VersionItem.parse(JSON.parse(JSON.stringify(item))), item);
  });

  it('have their periods in order, whatever the kind and the order of the lines', async () => {
    const periods = ['2027-01', '2026-W50', '2026-12-01', '2026-12-10', '2026-12', '2026-W49'];
    const [item] = await collected(...periods.map((period) => accepted({ period })));
    assert.deepEqual(
      item?.periods.map(({ period }) => period),
      ['2026-W49', '2026-12-01', '2026-12', '2026-W50', '2026-12-10', '2027-01'],
    );
  });

  it('keep what was sent beside what it is in the product’s own unit', async () => {
    const [item] = await collected(
      accepted({ quantity: '24', $source: { lines: 1, quantity: '2' } }),
      accepted({ quantity: '1' }),
    );
    assert.deepEqual([item?.sent, item?.lines, item?.periods[0]?.quantity], ['3', 2, '25']);
  });

  it('are not made of lines that were not validated, or whose product’s unit changed meanwhile', async () => {
    await assert.rejects(collected({ product: 'MADE' }), { code: 'settings', message: /Validate the lines first/ });
    await assert.rejects(collected(accepted(), accepted({ uom: 'Dozens' })), {
      code: 'changed',
      message: /counts "MADE" in Dozens, and counted it in Units/,
    });
  });

  it('take up lines that were held, under their periods', async () => {
    const earlier = await collected(accepted({ $line: 2 }));
    const redriven = await collected(accepted({ $line: 3, customer: 'ACME', quantity: '4' }), accepted({ product: 'BOUGHT' }));
    const merged = await mergeItems(earlier, redriven);
    assert.deepEqual(
      merged.map(({ product, lines, sent, periods }) => [product, lines, sent, periods[0]?.quantity]),
      [
        ['MADE', 2, '14', '14'],
        ['BOUGHT', 1, '10', '10'],
      ],
    );
    assert.deepEqual(earlier[0]?.periods[0]?.lines, [[2, '10']], 'the earlier version stays as it was');
  });

  it('give up what the baseline wanted once there are lines of their own', async () => {
    const asBefore: VersionItem = {
      ...(await collected(accepted()))[0]!,
      lines: 0,
      sent: '0',
      periods: [
        { period: '2026-W50', quantity: '99', lines: [] },
        { period: '2026-W51', quantity: '7', lines: [] },
      ],
    };
    for (const merged of [
      await mergeItems([asBefore], await collected(accepted())),
      await mergeItems(await collected(accepted()), [asBefore]),
    ])
      assert.deepEqual(
        merged.map(({ lines, periods }) => [lines, periods.map(({ quantity }) => quantity)]),
        [[1, ['10', '7']]],
      );
  });
});

describe('what is gone of a version', () => {
  it('is what the later one does not have at all, from today on, with nobody’s line behind it', async () => {
    const before = await collected(
      accepted({ period: '2026-W48' }),
      accepted({ period: '2026-W49' }),
      accepted({ period: '2026-W50' }),
      accepted({ product: 'BOUGHT' }),
      accepted({ product: 'PAST', period: '2026-11-29' }),
    );
    const after = await collected(accepted({ period: '2026-W50', quantity: '0', uom: 'kg' }));
    const gone = goneItems(before, after, '2026-11-30');
    assert.deepEqual(
      gone.map(({ product, uom, lines, sent }) => [product, uom, lines, sent]),
      [
        ['MADE', 'kg', 0, '0'],
        ['BOUGHT', 'Units', 0, '0'],
      ],
    );
    assert.deepEqual(
      linesOf(gone).map(({ product, period, quantity, $source }) => [product, period, quantity, $source]),
      [
        ['MADE', '2026-W49', '0', { lines: 0, quantity: '0' }],
        ['BOUGHT', '2026-W50', '0', { lines: 0, quantity: '0' }],
      ],
    );
    assert.deepEqual(goneItems(before, before, '2026-11-30'), []);
  });
});

describe('a promotion and its baseline', () => {
  it('are wanted together, with the promotion’s own lines behind them', async () => {
    const promotion = await collected(
      accepted({ $line: 2, period: '2026-W50', quantity: '24', $source: { lines: 1, quantity: '2' } }),
      accepted({ $line: 3, period: '2026-W51', quantity: '1' }),
    );
    const baseline = await collected(
      accepted({ period: '2026-W50', quantity: '100' }),
      accepted({ period: '2026-W52', quantity: '7' }),
      accepted({ product: 'BOUGHT', quantity: '5' }),
    );
    const lines = linesOf(await together(promotion, baseline));
    assert.deepEqual(
      lines.map(({ product, period, quantity, $source }) => [product, period, quantity, $source?.lines]),
      [
        ['MADE', '2026-W50', '124', 1],
        ['MADE', '2026-W51', '1', 1],
        ['MADE', '2026-W52', '7', 0],
        ['BOUGHT', '2026-W50', '5', 0],
      ],
    );
    assert.equal(sumQuantities(lines.map(({ $source }) => $source?.quantity ?? '')), '3', 'what its senders gave');
    assert.deepEqual(await together(promotion, []), promotion);
  });

  it('do not add up in different units', async () => {
    const promotion = await collected(accepted({ uom: 'Dozens' }));
    await assert.rejects(together(promotion, await collected(accepted())), { code: 'changed', message: /in Dozens .* in Units/ });
  });
});

describe('the lines of a version', () => {
  it('are one a product, place and period, with what stands behind each', async () => {
    const lines = linesOf(
      await collected(accepted({ $line: 2 }), accepted({ $line: 3, customer: 'ACME' }), accepted({ period: '2026-W51' })),
    );
    assert.deepEqual(
      lines,
      [
        { ...accepted(), $line: undefined, quantity: '20', $source: { lines: 2, quantity: '20' } },
        { ...accepted(), $line: undefined, period: '2026-W51', $source: { lines: 1, quantity: '10' } },
      ].map(({ $line: _, ...one }) => one),
    );
  });

  it('add up to the lines and the quantity that were sent, whatever was sent', async () => {
    const given = fc.record({
      product: fc.constantFrom('MADE', 'BOUGHT', 'PAIRED'),
      location: fc.constantFrom('WH', 'WH2'),
      period: fc.constantFrom('2026-W50', '2026-12', '2026-12-20'),
      quantity: fc.oneof(fc.nat(), fc.constantFrom('0', '0.1', '1e-18', '3.00')),
      uom: fc.constantFrom('Units', 'Dozens', undefined),
      customer: fc.constantFrom('A', 'B', undefined),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(given, { maxLength: 40 }), async (lines) => {
        const { accepted, totals } = validateLines(lines, run(), plant());
        const items = await collected(...accepted);
        const again = linesOf(items);
        const sources = again.map(({ $source }) => $source!);
        assert.equal(sumQuantities(sources.map(({ quantity }) => quantity)), totals.accepted.quantity);
        assert.equal(
          sources.reduce((sum, { lines }) => sum + lines, 0),
          totals.accepted.lines,
        );
        assert.equal(
          sumQuantities(again.map(({ quantity }) => String(quantity))),
          sumQuantities(accepted.map(({ quantity }) => String(quantity))),
        );
        const merged = await mergeItems(items, []);
        assert.deepEqual(merged, items);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the items of a large version', function () {
  this.timeout(30_000);
  it('are summed from 100,000 lines in under three seconds, nothing held up over 50 ms', async () => {
    const lines = Array.from({ length: 100_000 }, (_, at) =>
      accepted({
        product: `P${at % 2_000}`,
        period: `2027-W${String((at % 50) + 1).padStart(2, '0')}`,
        quantity: `${at}.25`,
        $line: at + 2,
      }),
    );
    let items: VersionItem[] = [];
    const before = performance.now();
    const stall = await longestStall(async () => {
      items = await collected(...lines.slice(0, 1_000));
      items = await (async () => {
        const collector = new VersionCollector();
        await collector.add(lines);
        return collector.items();
      })();
    });
    assert.equal(items.length, 2_000);
    assert.ok(performance.now() - before < 3_000);
    assert.ok(stall < 50, `held up for ${stall.toFixed(1)} ms`);
  });
});
