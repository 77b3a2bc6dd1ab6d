import assert from 'node:assert/strict';
import { CalledOff, OutcomePending, OutOfTurn, verdict } from '../../lib/delivery/verdict.ts';
import { OdooError, type OdooErrorCode } from '../../lib/odoo/errors.ts';
import { StoreError } from '../../lib/store/errors.ts';

const on = (code: OdooErrorCode, attempt: number, { claims = 1, method = 'create' } = {}) =>
  verdict(new OdooError(code, 'no', { method }), { attempt, maxAttempts: 5, claims });

describe('the verdict on a failed try', () => {
  it('tries again, and gives up after the last attempt', () => {
    for (const code of ['locked', 'unknown-outcome', 'protocol'] as const) {
      assert.deepEqual([on(code, 4).bury, on(code, 4).countAttempt], [false, true], code);
      assert.equal(on(code, 5).bury, true, code);
    }
  });

  it('never gives up because Odoo is away or the credentials are wrong', () => {
    for (const code of ['unavailable', 'access'] as const) {
      const { bury, countAttempt } = on(code, 5);
      assert.deepEqual([bury, countAttempt], [false, false], code);
    }
  });

  it('never gives up because the store is away or its disk is full', () => {
    for (const code of ['unavailable', 'full'] as const) {
      const { bury, countAttempt } = verdict(new StoreError(code, 'no'), { attempt: 5, maxAttempts: 5, claims: 1 });
      assert.deepEqual([bury, countAttempt], [false, false], code);
    }
  });

  it('waits longer with every claim, also those that do not count', () => {
    const wait = (claims: number) => on('unavailable', 1, { claims }).delayMs;
    assert.ok(wait(1) <= 1_000);
    assert.ok(wait(6) >= 16_000);
    assert.ok(wait(50) >= 150_000 && wait(50) <= 300_000);
  });

  it('looks again soon for what Odoo may still be at work on, and at the latest when it no longer can be', () => {
    const until = Date.now() + 60_000;
    const pending = (claims: number, sent = false) =>
      verdict(new OutcomePending(until, sent), { attempt: 5, maxAttempts: 5, claims });
    assert.ok(pending(1).delayMs <= 1_000);
    assert.ok(pending(20).delayMs <= 60_000);
    assert.deepEqual([pending(1).bury, pending(1).countAttempt], [false, false], 'looking costs no attempt');
    assert.deepEqual([pending(1, true).bury, pending(1, true).countAttempt], [true, true], 'sending does');
  });

  it('tries again once the other one is due whose turn is first, however often it has looked', () => {
    const waiting = verdict(new OutOfTurn(Date.now() + 60_000), { attempt: 5, maxAttempts: 5, claims: 20 });
    assert.deepEqual([waiting.bury, waiting.countAttempt], [false, false]);
    assert.ok(waiting.delayMs >= 60_000 && waiting.delayMs <= 61_000, String(waiting.delayMs));
    assert.ok(verdict(new OutOfTurn(0), { attempt: 5, maxAttempts: 5, claims: 20 }).delayMs <= 1_000);
  });

  it('goes on at once, as if nothing had been, with work that was stopped', () => {
    const stopped = verdict(new CalledOff(), { attempt: 5, maxAttempts: 5, claims: 9 });
    assert.deepEqual(stopped, { bury: false, countAttempt: false, delayMs: 0 });
  });

  it('tries again after a fault of our own, as long as there are attempts', () => {
    assert.equal(verdict(new TypeError('oh'), { attempt: 4, maxAttempts: 5, claims: 4 }).bury, false);
    assert.equal(verdict(new TypeError('oh'), { attempt: 5, maxAttempts: 5, claims: 5 }).bury, true);
  });
});
