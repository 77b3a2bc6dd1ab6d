import assert from 'node:assert/strict';
import { noticesOf, type Watched, type WatchRules } from '../../lib/forecast/watch/notices.ts';
import { dueMoment, nextSendBy } from '../../lib/forecast/watch/schedule.ts';
import type { RecentRun } from '../../lib/store/runs.ts';

const RULES: WatchRules = {
  zone: 'Europe/Berlin',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  dueAt: '07:00',
  sendBy: '12:00',
  freshHours: 24,
  planner: 'planning@plant.example',
  approver: 'sales@plant.example',
  integration: '',
};
/** A Thursday in winter: seven in Berlin is six in UTC. */
const at = (time: string, day = '2026-11-26') => new Date(`${day}T${time}:00+01:00`);
const YESTERDAY = { id: 'forecast-import-41', releasedOn: '2026-11-25', createdAt: at('06:30', '2026-11-25').getTime() };
const runAt = (came: Date, state: RecentRun['state'], more: Partial<RecentRun> = {}): RecentRun => ({
  ...{ run: 'run-1', state, version: null, error: null, createdAt: came.getTime(), updatedAt: came.getTime() },
  ...more,
});
const told = (watched: Partial<Watched>, now: Date, rules: Partial<WatchRules> = {}) =>
  noticesOf({ interface: 'forecast-import', baseline: YESTERDAY, runs: [], ...watched }, { ...RULES, ...rules }, now);
const saying = (...asked: Parameters<typeof told>) => told(...asked).map(({ refusal }) => refusal.message);

describe('the watch over a forecast', () => {
  it('says that nothing came, who is told, what applies instead, and by when to send it', () => {
    assert.deepEqual(saying({}, at('07:05')), [
      'No forecast of forecast-import was released by 2026-11-26 07:00: nothing came in. ' +
        'The planning baseline forecast-import-41, released on 2026-11-25, goes on applying. ' +
        'Send the forecast by 2026-11-26 12:00. Told: planning@plant.example.',
    ]);
    const [notice] = told({}, at('07:05'));
    assert.equal(notice?.refusal.reason, 'FORECAST_MISSING');
    assert.deepEqual(notice?.refusal.record, {
      notify: 'planning@plant.example',
      applies: { version: 'forecast-import-41', releasedOn: '2026-11-25' },
      by: '2026-11-26T12:00:00+01:00',
    });
  });

  it('names no day of a baseline that does not stand in Odoo as it was released', () => {
    const [said] = saying({ baseline: { ...YESTERDAY, releasedOn: null } }, at('07:05'));
    assert.match(said ?? '', /The planning baseline forecast-import-41 goes on applying\./);
  });

  it('says so when nothing was ever released', () => {
    assert.match(String(saying({ baseline: undefined }, at('07:05'))), /No forecast has been released yet: Odoo goes on/);
  });

  it('is silent before the time, on other days, and once a forecast of late is released', () => {
    assert.deepEqual(saying({}, at('06:59')), []);
    assert.deepEqual(saying({}, at('09:00', '2026-11-28')), []);
    const evening = { ...YESTERDAY, createdAt: at('22:00', '2026-11-25').getTime() };
    assert.deepEqual(saying({ baseline: evening }, at('07:05')), []);
  });

  it('does not take an old version that was released again for the forecast of today', () => {
    assert.equal(saying({ baseline: { ...YESTERDAY, releasedOn: '2026-11-26' } }, at('07:05')).length, 1);
  });

  it('tells the approver of a version that waits, and integration of a run that does not go on', () => {
    const waits = runAt(at('05:00'), 'awaiting-approval', { version: 'forecast-import-42' });
    assert.match(
      String(saying({ runs: [waits] }, at('07:05'))),
      /version forecast-import-42 waits .*Told: sales@plant\.example\.$/,
    );
    const stuck = runAt(at('05:00'), 'applying', { error: 'Odoo does not answer.' });
    assert.match(String(saying({ runs: [stuck] }, at('07:05'))), /is applying: Odoo does not answer\. .*Told: integration\.$/);
  });

  it('tells the planner of one that was refused, with the reason', () => {
    const refused = runAt(at('05:00'), 'refused', { error: 'sales were wrong' });
    assert.match(String(saying({ runs: [refused] }, at('07:05'))), /the last one was refused: sales were wrong\. /);
  });

  it('tells of a run that failed at once, and once', () => {
    const failed = runAt(at('14:00'), 'failed', { error: 'The product has changed.' });
    const late = { ...YESTERDAY, createdAt: at('06:30').getTime() };
    const [message, ...more] = saying({ baseline: late, runs: [failed] }, at('14:01'));
    assert.match(
      String(message),
      /run run-1 failed: The product has changed\. The planning baseline .*by 2026-11-27 12:00\. Told/,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(
      told({ runs: [failed] }, at('14:01')).map(({ refusal }) => refusal.reason),
      ['FORECAST_FAILED'],
      'what failed after the time has said so',
    );
    const before = runAt(at('05:00'), 'failed');
    assert.deepEqual(
      told({ runs: [before] }, at('07:05')).map(({ key }) => key),
      [`forecast-import:run-1:${before.updatedAt}`, 'forecast-import:2026-11-26:FORECAST_FAILED'],
    );
  });

  it('is silent about a failure that a later forecast made good', () => {
    const failed = runAt(at('05:00'), 'failed');
    assert.deepEqual(saying({ baseline: { ...YESTERDAY, createdAt: at('06:00').getTime() }, runs: [failed] }, at('07:05')), []);
  });

  it('keeps to the plant’s wall when the clocks change, and finds the next day to send on', () => {
    assert.equal(dueMoment(RULES, new Date('2026-10-26T06:00:00Z'))?.toISO(), '2026-10-26T07:00:00.000+01:00');
    assert.equal(
      dueMoment({ ...RULES, days: ['sun'] }, new Date('2026-03-29T05:00:00Z'))?.toISO(),
      '2026-03-29T07:00:00.000+02:00',
    );
    assert.equal(nextSendBy(RULES, at('12:00', '2026-11-27')).toISODate(), '2026-11-30');
  });
});
