import assert from 'node:assert/strict';
import type { FlowRecord } from '../../lib/canonical/marks.ts';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import type { PlannedPlace } from '../../lib/forecast/baseline.ts';
import type { DeviationLimit } from '../../lib/forecast/rules/deviation-exceeded.ts';
import { validateLines } from '../../lib/forecast/validation.ts';
import { VersionCollector } from '../../lib/forecast/versions/collect.ts';
import { bom, line, plant, product, run } from './plant.ts';

const GROUPED = plant({
  products: new Map([
    ['MADE', [product({ group: 'All / Bikes', boms: [bom()] })]],
    ['TYRE', [product({ group: 'All / Parts', boms: [bom()] })]],
    ['PAIRED', [product({ unit: 7, boms: [bom()] })]],
  ]),
});

/** The lines as an earlier version that was released, and what was asked of it. */
async function baselineOf(...lines: Record<string, unknown>[]) {
  const collector = new VersionCollector();
  await collector.add(validateLines(lines as FlowRecord[], run(), GROUPED).accepted);
  const items = await collector.items();
  const asked: (readonly PlannedPlace[])[] = [];
  const source = async (places: readonly PlannedPlace[]): Promise<VersionItem[]> => {
    asked.push(places);
    return items.filter((item) => places.some((place) => place.product === item.product && place.location === item.location));
  };
  return { source, asked };
}

/** Checks lines against a baseline of other lines, part by part as a run's messages come. */
async function judged(before: Record<string, unknown>[], parts: Record<string, unknown>[][], deviations: DeviationLimit[]) {
  const { source, asked } = await baselineOf(...before);
  const one = run({ deviations, baseline: source });
  const refusals = [];
  const accepted = [];
  for (const lines of parts) {
    await one.baseline?.load(lines as FlowRecord[]);
    const judged = validateLines(lines as FlowRecord[], one, GROUPED);
    refusals.push(...judged.refusals);
    accepted.push(...judged.accepted);
  }
  return { refusals, accepted, asked };
}
const heldOf = async (before: Record<string, unknown>, after: Record<string, unknown>, ...limits: DeviationLimit[]) =>
  (await judged([line(before)], [[line(after)]], limits)).refusals.map(({ reason }) => reason);

describe('a line that deviates from the planning baseline', () => {
  it('is held beyond the percent and the quantity, in words', async () => {
    const { refusals, accepted } = await judged([line()], [[line({ quantity: '20' })]], [{ percent: 30, quantity: 5 }]);
    assert.equal(accepted.length, 0);
    const [refusal] = refusals;
    assert.deepEqual([refusal?.reason, refusal?.disposition, refusal?.field], ['DEVIATION_EXCEEDED', 'held', 'quantity']);
    assert.equal(
      refusal?.message,
      '"MADE" at "WH" changes by 100 % in 2026-W50, from 10 to 20 Units; the limit is 30 % and 5 Units.',
    );
  });

  it('goes on up to either limit, up or down', async () => {
    const limit = { percent: 30, quantity: 5 };
    assert.deepEqual(await heldOf({ quantity: 100 }, { quantity: 130 }, limit), []);
    assert.deepEqual(await heldOf({ quantity: 100 }, { quantity: '130.01' }, limit), ['DEVIATION_EXCEEDED']);
    assert.deepEqual(await heldOf({ quantity: 100 }, { quantity: '69.99' }, limit), ['DEVIATION_EXCEEDED']);
    assert.deepEqual(await heldOf({ quantity: 1 }, { quantity: 6 }, limit), []);
    assert.deepEqual(await heldOf({ quantity: 0 }, { quantity: 6 }, limit), ['DEVIATION_EXCEEDED']);
  });

  it('is held to the first limit whose group matches its product’s', async () => {
    const limits = [{ group: '*parts', percent: 200 }, { group: 'All / Bikes' }, { percent: 10 }];
    const [before, after] = [{ quantity: 10 }, { quantity: 20 }];
    assert.deepEqual(await heldOf({ ...before, product: 'TYRE' }, { ...after, product: 'TYRE' }, ...limits), []);
    assert.deepEqual(await heldOf(before, after, ...limits), []);
    assert.deepEqual(await heldOf({ ...before, product: 'PAIRED' }, { ...after, product: 'PAIRED' }, ...limits), [
      'DEVIATION_EXCEEDED',
    ]);
    assert.deepEqual(await heldOf(before, after, { group: 'Parts', percent: 10 }), []);
  });

  it('is compared with the baseline’s line for the same customer and channel, wherever in the run it comes', async () => {
    const before = [
      line({ customer: 'ACME', quantity: 100 }),
      line({ customer: 'BIKES-R-US', quantity: 3 }),
      line({ channel: 'web', quantity: 50 }),
    ];
    const parts = [
      [line({ channel: 'web', quantity: 50 })],
      [line({ customer: 'ACME', quantity: 101 })],
      [line({ customer: 'BIKES-R-US', quantity: 4 })],
    ];
    const { refusals } = await judged(before, parts, [{ percent: 30 }]);
    assert.deepEqual(
      refusals.map(({ reason, quantity }) => [reason, quantity]),
      [['DEVIATION_EXCEEDED', '4']],
    );
  });

  it('is new, and goes on, where the baseline has no such line', async () => {
    for (const other of [{ period: '2026-W51' }, { customer: 'ACME' }, { location: 'WH2' }, { product: 'TYRE' }])
      assert.deepEqual(await heldOf({}, { quantity: 999, ...other }, { percent: 1 }), []);
  });

  it('is compared in the product’s own unit', async () => {
    const limit = { percent: 1 };
    assert.deepEqual(await heldOf({ quantity: 2, uom: 'Dozens' }, { quantity: 24 }, limit), []);
    assert.deepEqual(await heldOf({ quantity: 2, uom: 'Dozens' }, { quantity: 2 }, limit), ['DEVIATION_EXCEEDED']);
  });

  it('goes on where somebody let it go on', async () => {
    assert.deepEqual(await heldOf({}, { quantity: 20, $confirmed: 'anna' }, { percent: 1 }), []);
  });

  it('makes no duplicate of the line that corrects it', async () => {
    const parts = [[line({ quantity: 20 }), line({ quantity: 10, $line: 2 })]];
    const { refusals, accepted } = await judged([line()], parts, [{ percent: 1 }]);
    assert.deepEqual([refusals.map(({ reason }) => reason), accepted.length], [['DEVIATION_EXCEEDED'], 1]);
  });

  it('is compared with a place’s sum where the baseline has no lines of its own', async () => {
    const stood = { product: 'MADE', location: 'WH', group: '', uom: 'Units', lines: 0, sent: '0' };
    const source = async () => [{ ...stood, periods: [{ period: '2026-W50', quantity: '10', lines: [] }] }];
    const one = run({ deviations: [{ percent: 1 }], baseline: source });
    await one.baseline?.load([line() as FlowRecord]);
    assert.equal(validateLines([line({ quantity: 11 })], one, GROUPED).refusals[0]?.reason, 'DEVIATION_EXCEEDED');
  });
});

describe('the planning baseline of a run', () => {
  it('is asked once for all lines of a message, and for each product and place once in a run', async () => {
    const parts = [
      [line(), line({ product: 'TYRE' }), line({ period: '2026-W51' }), { product: '' }],
      [line()],
      [line({ location: 'WH2' })],
    ];
    const { asked } = await judged([line()], parts, [{ percent: 1 }]);
    assert.deepEqual(asked, [
      [
        { product: 'MADE', location: 'WH' },
        { product: 'TYRE', location: 'WH' },
      ],
      [{ product: 'MADE', location: 'WH2' }],
    ]);
  });

  it('is asked for nothing where no line is limited', async () => {
    assert.deepEqual((await judged([line()], [[line()]], [])).asked, []);
  });

  it('is asked again after it could not be read', async () => {
    const { source } = await baselineOf(line());
    let away = true;
    const one = run({
      deviations: [{ percent: 1 }],
      baseline: (places) => (away ? Promise.reject(new Error('away')) : source(places)),
    });
    const lines = [line({ quantity: 20 })] as FlowRecord[];
    await assert.rejects(async () => one.baseline?.load(lines), /away/);
    away = false;
    await one.baseline?.load(lines);
    assert.equal(validateLines(lines, one, GROUPED).refusals.length, 1);
  });
});
