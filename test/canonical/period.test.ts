import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { CanonicalError } from '../../lib/canonical/errors.ts';
import { instants, laterPeriod, parsePeriod, periodOf, plantDate, readPeriod } from '../../lib/canonical/period.ts';

const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2090-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('a period', () => {
  it('is a day, an ISO week or a month, with its first day and the day after its last', () => {
    const shape = ({ kind, start, end, dayCount }: ReturnType<typeof parsePeriod>) => [kind, start, end, dayCount];
    assert.deepEqual(shape(parsePeriod('2026-12-01')), ['day', '2026-12-01', '2026-12-02', 1]);
    assert.deepEqual(shape(parsePeriod('2026-W50')), ['week', '2026-12-07', '2026-12-14', 7]);
    assert.deepEqual(shape(parsePeriod('2028-02')), ['month', '2028-02-01', '2028-03-01', 29]);
  });

  it('knows that week 53 of 2026 ends in 2027, and that 2027 has none', () => {
    assert.equal(parsePeriod('2026-W53').end, '2027-01-04');
    assert.throws(() => parsePeriod('2027-W53'), /week 53, which 2027 does not have/);
  });

  it('refuses what the calendar does not have, with its code and in words', () => {
    for (const [text, why] of [
      ['2026-13', /month 13/],
      ['2026-00', /month 0/],
      ['2026-02-30', /day 30/],
      ['2026-W00', /week 0/],
      ['2026-W54', /week 54/],
      ['1.12.2026', /is not a day/],
      ['', /is not a day/],
      [' 2026-12', /is not a day/],
      ['2026-12-01T00:00:00', /is not a day/],
    ] as const)
      assert.throws(
        () => parsePeriod(text),
        (error) => error instanceof CanonicalError && error.code === 'period' && why.test(error.message),
        text,
      );
  });

  it('begins and ends at midnight on the plant’s wall, also where the clock is put forward', () => {
    const { start, end } = instants(parsePeriod('2026-03-29', 'Europe/Berlin'));
    assert.equal(start.toISOString(), '2026-03-28T23:00:00.000Z');
    assert.equal(end.getTime() - start.getTime(), 23 * 3_600_000);
    assert.equal(instants(parsePeriod('2026-12-01', 'Asia/Tokyo')).start.toISOString(), '2026-11-30T15:00:00.000Z');
  });

  it('says what day it is at the plant', () => {
    const at = new Date('2026-12-01T23:30:00Z');
    assert.equal(plantDate('Asia/Tokyo', at), '2026-12-02');
    assert.equal(plantDate('America/New_York', at), '2026-12-01');
    assert.throws(() => plantDate('Mars/Olympus'), /not a time zone/);
  });

  it('reads back what it wrote, whatever the day, and holds that day', () => {
    fc.assert(
      fc.property(day, fc.constantFrom('day', 'week', 'month'), (date, kind) => {
        const period = periodOf(kind, date);
        assert.deepEqual({ ...parsePeriod(period.text), days: 0 }, { ...period, days: 0 });
        assert.ok(period.start <= date && date < period.end);
        assert.equal(period.days().length, period.dayCount);
        assert.equal(period.days()[0], period.start);
        assert.ok(period.days().includes(date));
        assert.equal(DateTime.fromISO(period.days().at(-1)!).plus({ days: 1 }).toISODate(), period.end);
      }),
    );
  });

  it('is followed by the next without gap or overlap', () => {
    fc.assert(
      fc.property(day, fc.constantFrom('day', 'week', 'month'), fc.integer({ min: -200, max: 200 }), (date, kind, by) => {
        const period = periodOf(kind, date);
        assert.equal(laterPeriod(period, 1).start, period.end);
        assert.equal(laterPeriod(laterPeriod(period, by), -by).text, period.text);
      }),
    );
  });

  it('never throws on any text when it is only asked', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.ok(readPeriod(text))));
  });
});
