import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PeriodKind } from '../../lib/canonical/period.ts';
import { type DaySpan, dayNumber, periodReader } from '../../lib/forecast/days.ts';
import { scaled, scaledText } from '../../lib/forecast/scaled.ts';
import { type Bucket, bucketer } from '../../lib/forecast/targets/buckets.ts';

const read = periodReader('Europe/Berlin');
const weekdays = (day: number) => (day + 3) % 7 < 5;
const everyDay = () => true;

type Options = { works?: (day: number) => boolean; step?: string; from?: string };

/** Splits `{ '2026-12': '310' }` to periods of a kind. */
function split(kind: PeriodKind, demand: Record<string, string>, { works = everyDay, step = '0.01', from }: Options = {}) {
  const periods = Object.entries(demand).map(([text, quantity]) => {
    const sum = { units: scaled(quantity), lines: 1, sent: scaled(quantity) };
    return [read(text) as DaySpan, sum] as const;
  });
  return bucketer({ kind, works, from: from === undefined ? undefined : dayNumber(from) })(periods, scaled(step));
}

const shown = (buckets: readonly Bucket[]) => Object.fromEntries(buckets.map(({ text, units }) => [text, scaledText(units)]));
const total = (buckets: readonly Bucket[]) => scaledText(buckets.reduce((sum, { units }) => sum + units, 0n));

describe('a forecast in the periods of its target', () => {
  it('stays as it is where they are the same', () => {
    assert.deepEqual(shown(split('week', { '2026-W50': '7', '2026-W51': '3.5' })), { '2026-W50': '7', '2026-W51': '3.5' });
  });

  it('splits a month to its weeks by their days', () => {
    assert.deepEqual(shown(split('week', { '2026-12': '310' })), {
      '2026-W49': '60',
      '2026-W50': '70',
      '2026-W51': '70',
      '2026-W52': '70',
      '2026-W53': '40',
    });
  });

  it('splits a week to the days on which the plant works', () => {
    const days = shown(split('day', { '2026-W50': '10' }, { works: weekdays }));
    assert.deepEqual(Object.values(days), ['2', '2', '2', '2', '2', '0', '0']);
  });

  it('splits evenly over all days a period in which the plant does not work', () => {
    assert.deepEqual(shown(split('day', { '2026-12-05': '10' }, { works: weekdays })), { '2026-12-05': '10' });
    assert.equal(total(split('day', { '2026-W52': '10' }, { works: () => false })), '10');
  });

  it('sums weeks to months, and the months of the days that they share', () => {
    assert.deepEqual(shown(split('month', { '2026-W49': '7', '2026-W50': '7' })), { '2026-11': '1', '2026-12': '13' });
  });

  it('gives what is over to the largest remainders, in whole steps', () => {
    const weeks = split('week', { '2026-12': '10' }, { step: '1', works: weekdays });
    assert.deepEqual(Object.values(shown(weeks)), ['2', '2', '2', '2', '2']);
    assert.deepEqual(Object.values(shown(split('day', { '2026-W50': '10' }, { step: '1' }))), [
      '2',
      '2',
      '2',
      '1',
      '1',
      '1',
      '1',
    ]);
  });

  it('rounds the total up once, not each period', () => {
    assert.equal(total(split('day', { '2026-12': '9.5' }, { step: '1' })), '10');
  });

  it('counts only what lies from a day on where it is told to, and every line all the same', () => {
    const weeks = split('week', { '2026-W49': '7', '2026-W40': '100' }, { from: '2026-12-03' });
    assert.deepEqual(
      weeks.map(({ text, units, lines }) => [text, scaledText(units), lines]),
      [['2026-W49', '4', 2]],
    );
  });

  it('counts each line once, with the period in which it begins', () => {
    const weeks = split('week', { '2026-12': '310', '2026-W53': '1' });
    assert.deepEqual(
      weeks.map(({ text, lines, sent }) => [text, lines, scaledText(sent)]),
      [
        ['2026-W49', 1, '310'],
        ['2026-W50', 0, '0'],
        ['2026-W51', 0, '0'],
        ['2026-W52', 0, '0'],
        ['2026-W53', 1, '1'],
      ],
    );
  });

  it('keeps its total in any period, there and back, whatever it is made of', () => {
    const texts = fc.constantFrom(
      '2026-W49',
      '2026-W53',
      '2027-W01',
      '2026-11',
      '2026-12',
      '2027-02',
      '2026-12-05',
      '2027-01-01',
    );
    const hundredths = fc.integer({ min: 0, max: 1e8 }).map((cents) => scaledText(scaled('0.01') * BigInt(cents)));
    const kinds = fc.constantFrom<PeriodKind>('day', 'week', 'month');
    fc.assert(
      fc.property(fc.dictionary(texts, hundredths, { minKeys: 1 }), kinds, kinds, fc.boolean(), (demand, one, other, working) => {
        const works = working ? weekdays : everyDay;
        const there = split(one, demand, { works });
        const back = split(other, shown(there), { works });
        const given = scaledText(Object.values(demand).reduce((sum, quantity) => sum + scaled(quantity), 0n));
        assert.deepEqual([total(there), total(back)], [given, given]);
        assert.equal(
          there.reduce((lines, bucket) => lines + bucket.lines, 0),
          Object.keys(demand).length,
        );
      }),
      { numRuns: 300 },
    );
  });
});
