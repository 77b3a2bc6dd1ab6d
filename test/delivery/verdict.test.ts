import assert from 'node:assert/strict';
import { UnknownOutcome, verdict } from '../../lib/delivery/verdict.ts';
import { ODOO_ERROR_CODES, OdooError } from '../../lib/odoo/errors.ts';

const all = (attempt: number) =>
  Object.fromEntries(ODOO_ERROR_CODES.map((code) => [code, verdict(new OdooError(code, 'no'), attempt, 5)]));

describe('the verdict on a failed try', () => {
  it('gives up at once what Odoo will refuse again, and tries the rest again', () => {
    assert.deepEqual(all(1), {
      access: 'retry',
      'not-found': 'bury',
      validation: 'bury',
      locked: 'retry',
      redirect: 'bury',
      unavailable: 'retry-uncounted',
      'unknown-outcome': 'retry',
      protocol: 'retry',
    });
  });

  it('gives up after the last attempt, but never because Odoo is away', () => {
    const last = all(5);
    assert.equal(last.unavailable, 'retry-uncounted');
    assert.deepEqual(
      new Set(Object.entries(last).flatMap(([code, what]) => (code === 'unavailable' ? [] : [what]))),
      new Set(['bury']),
    );
  });

  it('never repeats work that must not be done twice', () => {
    assert.equal(verdict(new UnknownOutcome('who knows'), 1, 5), 'bury');
  });

  it('tries again after a fault of our own, as long as there are attempts', () => {
    assert.equal(verdict(new TypeError('oh'), 4, 5), 'retry');
    assert.equal(verdict(new TypeError('oh'), 5, 5), 'bury');
  });
});
