import assert from 'node:assert/strict';
import fc from 'fast-check';
import { REASONS } from '../../lib/exceptions/catalogue.ts';
import { fingerprint } from '../../lib/exceptions/fingerprint.ts';
import type { Refusal } from '../../lib/exceptions/refusal.ts';

const refusal = (more: Partial<Refusal>): Refusal => ({
  reason: 'UNKNOWN_PRODUCT',
  message: '',
  stage: 'validation',
  record: {},
  product: 'A',
  location: 'WH',
  ...more,
});

describe('the fingerprint of an exception', () => {
  it('is one for all lines that one act mends', () => {
    assert.equal(fingerprint(refusal({ line: 1, location: 'WH' })), fingerprint(refusal({ line: 2, location: 'WH2' })));
    assert.equal(fingerprint(refusal({})), 'UNKNOWN_PRODUCT:A');
  });
  it('differs by what is at fault', () => {
    assert.notEqual(fingerprint(refusal({})), fingerprint(refusal({ product: 'B' })));
    assert.notEqual(fingerprint(refusal({})), fingerprint(refusal({ reason: 'ARCHIVED_PRODUCT' })));
  });
  it('knows a refusal of Odoo’s by its words, not by the record in them', () => {
    const dead = (message: string) => fingerprint(refusal({ reason: 'ODOO_REFUSED', stage: 'delivery', message }));
    assert.equal(dead('The product "A" (id 7) has no route'), dead('The product "B" (id 12) has no route'));
    assert.notEqual(dead('The product "A" has no route'), dead('The product "A" has no vendor'));
  });
  it('stays short, and apart, for long causes', () => {
    const long = (end: string) => fingerprint(refusal({ product: 'x'.repeat(500) + end }));
    assert.ok(long('a').length <= 120);
    assert.notEqual(long('a'), long('b'));
  });
  it('is short text for any reason and any values', () => {
    fc.assert(
      fc.property(fc.constantFrom(...REASONS), fc.string(), fc.string(), fc.anything(), (reason, product, message, value) => {
        const key = fingerprint(refusal({ reason, product, message, value: typeof value === 'object' ? undefined : value }));
        assert.ok(key.startsWith(`${reason}:`) && key.length <= 120);
      }),
    );
  });
});
