import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sumQuantities } from '../../lib/canonical/quantity.ts';
import type { ForecastRun } from '../../lib/forecast/run.ts';
import { DemandCollector, sourceOf } from '../../lib/forecast/targets/demand.ts';
import { validateInTurns, validateLines } from '../../lib/forecast/validation.ts';
import { line, plant, run } from './plant.ts';

const anyLine = fc.record(
  {
    product: fc.constantFrom('MADE', 'BOUGHT', 'NOTHING', 'KIT', 'TWICE', 'GONE', 'NOPE', '', 7, null),
    location: fc.constantFrom('WH', 'WH2', 'MOON', 'BOTH', undefined),
    period: fc.constantFrom('2026-W50', '2026-w50', '2026-12', '2026-12-01', '2026-13', '2020-01', 'soon'),
    quantity: fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom('0.1', '1e3', '-2', 'x', '', null),
      fc.bigInt().map(String),
      fc.string(),
    ),
    uom: fc.constantFrom('Units', 'Dozens', 'kg', 'Box', 'Pairs', 'Furlongs', '', undefined),
    customer: fc.oneof(fc.constant(undefined), fc.string(), fc.dictionary(fc.string(), fc.string())),
  },
  { requiredKeys: [] },
);

describe('control totals of validation', () => {
  it('account for every line and every quantity, whatever comes in', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 40 }), (lines) => {
        const { accepted, refusals, totals } = validateLines(lines, run(), plant());
        const stopped = refusals.filter((refusal) => refusal.disposition !== 'warning');
        assert.equal(totals.validated.lines, lines.length);
        assert.equal(totals.accepted.lines, accepted.length);
        assert.equal(totals.accepted.lines + stopped.length, lines.length);
        assert.equal(totals.held.lines + totals.rejected.lines, stopped.length);
        assert.equal(
          totals.validated.quantity,
          sumQuantities([totals.accepted.quantity, totals.held.quantity, totals.rejected.quantity]),
        );
        assert.equal(
          sumQuantities(stopped.map((refusal) => refusal.quantity ?? '0')),
          sumQuantities([totals.held.quantity, totals.rejected.quantity]),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('reach the target unchanged: what the senders gave is what the demand was summed from', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 40 }), (lines) => {
        const { accepted, totals } = validateLines(lines, run(), plant());
        const collected = new DemandCollector();
        collected.add(accepted);
        const sums = [...collected.demand()].flatMap(({ periods }) => [...periods.values()]);
        assert.deepEqual(sourceOf(sums), totals.accepted);
      }),
      { numRuns: 200 },
    );
  });

  it('are exact where floats are not', () => {
    const lines = Array.from({ length: 10 }, (_, at) => line({ quantity: '0.1', customer: `C${at}` }));
    assert.equal(validateLines(lines, run(), plant()).totals.accepted.quantity, '1');
  });
});

describe('validation of a large forecast', () => {
  it('gives way to everything else in between, and comes to the same', async () => {
    const lines = Array.from({ length: 2_001 }, (_, at) =>
      line({ quantity: `${at % 9}.5`, customer: `C${at % 1_500}`, $line: at + 2 }),
    );
    let turns = 0;
    let counting = true;
    const turn = () => {
      turns++;
      if (counting) setImmediate(turn);
    };
    setImmediate(turn);
    const inTurns = await validateInTurns(lines, run(), plant());
    counting = false;
    assert.ok(turns >= 8, `there were ${turns} turns`);
    assert.deepEqual(inTurns, validateLines(lines, run(), plant()));
  });

  it('checks 100,000 lines in under two seconds, never over 20 ms at a stretch', () => {
    const master = plant();
    const uoms = ['Units', 'Dozens', undefined];
    const lines = Array.from({ length: 100_000 }, (_, at) =>
      line({
        product: at % 2 ? 'MADE' : 'BOUGHT',
        location: at % 3 ? 'WH' : 'WH2',
        period: `2027-W${String((at % 52) + 1).padStart(2, '0')}`,
        quantity: `${at}.25`,
        uom: uoms[at % 3],
        customer: `C${at % 4000}`,
        $line: at + 2,
      }),
    );
    validateLines(lines.slice(0, 5_000), run(), master);
    // The thread's own time: another process on the machine is no fault of validation.
    const measured = (context: ForecastRun): number[] => {
      const times: number[] = [];
      let kept = 0;
      for (let at = 0; at < lines.length; at += 250) {
        const before = process.threadCpuUsage();
        kept += validateLines(lines.slice(at, at + 250), context, master).totals.validated.lines;
        const { user, system } = process.threadCpuUsage(before);
        times.push((user + system) / 1_000);
      }
      assert.equal(kept, 100_000);
      return times;
    };
    const [first, second] = [measured(run()), measured(run())];
    const total = first.reduce((sum, time) => sum + time, 0);
    // What a stretch itself takes, it takes both times; garbage that other tests have left is collected in between.
    const worst = Math.max(...first.map((time, at) => Math.min(time, second[at] ?? time)));
    assert.ok(total < 2_000, `100,000 lines took ${total.toFixed()} ms`);
    assert.ok(worst < 20, `a stretch of lines took ${worst.toFixed(1)} ms`);
  });
});
