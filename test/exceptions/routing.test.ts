import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CATALOGUE, REASONS } from '../../lib/exceptions/catalogue.ts';
import type { Refusal } from '../../lib/exceptions/refusal.ts';
import { RoutingRule, route } from '../../lib/exceptions/routing.ts';
import { matchesWildcard } from '../../lib/exceptions/wildcard.ts';

const refusal = (more: Partial<Refusal> = {}): Refusal => ({
  reason: 'NO_SUPPLY_SOURCE',
  message: '',
  stage: 'validation',
  record: {},
  product: 'FURN_0096',
  location: 'WH',
  ...more,
});

describe('the route of an exception', () => {
  it('is the catalogue’s where no rule matches', () => {
    for (const reason of REASONS) {
      const { owner, action, severity, disposition } = route(refusal({ reason }), [{ reason: 'NOTHING', owner: 'integration' }]);
      assert.deepEqual({ owner, action, severity, disposition }, CATALOGUE[reason]);
    }
  });
  it('is the first rule’s that matches', () => {
    const rules: RoutingRule[] = [
      { product: 'CHAIR*', owner: 'planner' },
      { reason: 'NO_SUPPLY_*', product: 'furn*', owner: 'master-data' },
      { owner: 'integration' },
    ];
    assert.equal(route(refusal(), rules).owner, 'master-data');
    assert.equal(route(refusal({ product: 'LAMP' }), rules).owner, 'integration');
  });
  it('takes a blank column as any, also of a refusal that has no such thing', () => {
    assert.equal(
      route(refusal({ product: undefined } as Partial<Refusal>), [
        { reason: '', product: ' ', location: '*', severity: '', owner: 'planner' },
      ]).owner,
      'planner',
    );
    assert.equal(
      route({ ...refusal(), product: undefined } as unknown as Refusal, [{ product: 'F*', owner: 'planner' }]).owner,
      'buyer',
    );
  });
  it('goes by severity', () => {
    const rules: RoutingRule[] = [{ severity: 'low', owner: 'integration' }];
    assert.equal(route(refusal({ reason: 'OUTSIDE_HORIZON' }), rules).owner, 'integration');
    assert.equal(route(refusal(), rules).owner, 'buyer');
  });
  it('gives less time the more it matters', () => {
    const hours = (reason: Refusal['reason']) => route(refusal({ reason })).deadlineHours;
    assert.ok(hours('UNKNOWN_PRODUCT') < hours('MALFORMED') && hours('MALFORMED') < hours('OUTSIDE_HORIZON'));
  });
  it('keeps what a setting made of a warning', () => {
    assert.equal(route(refusal({ reason: 'INSIDE_LEAD_TIME' })).disposition, 'warning');
    assert.equal(route(refusal({ reason: 'INSIDE_LEAD_TIME', disposition: 'held' })).disposition, 'held');
  });
  it('takes no owner that has no output', () => {
    assert.equal(RoutingRule.safeParse({ owner: 'boss' }).success, false);
  });
});

describe('a wildcard', () => {
  it('matches as the same pattern would as a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.') });
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), minLength: 1 }), text, (pattern, given) => {
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\*+/g, '.*')}$`);
        assert.equal(matchesWildcard(pattern, given), expression.test(given));
      }),
    );
  });
  it('uses no part of the text twice', () => {
    assert.equal(matchesWildcard('ab*ba', 'aba'), false);
    assert.equal(matchesWildcard('ab*ba', 'abba'), true);
  });
  it('takes no time to fail on many stars', () => {
    const began = performance.now();
    assert.equal(matchesWildcard(`${'*a'.repeat(50)}b`, 'a'.repeat(5_000)), false);
    assert.ok(performance.now() - began < 100);
  });
});
