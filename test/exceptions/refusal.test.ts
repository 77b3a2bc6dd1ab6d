import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shortRecord, shortValue } from '../../lib/exceptions/refusal.ts';

describe('what a refusal keeps', () => {
  it('is the record without long values', () => {
    assert.deepEqual(shortRecord({ product: 'A', note: 'x'.repeat(1_001), $line: 3 }), { product: 'A', $line: 3 });
  });
  it('is at most 200 fields of it', () => {
    assert.equal(
      Object.keys(shortRecord(Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`c${at}`, 1])))).length,
      200,
    );
  });
  it('is a value of at most 200 characters', () => {
    assert.equal(String(shortValue('x'.repeat(500))).length, 200);
    assert.equal(shortValue(12), 12);
    assert.equal(shortValue({ a: [1] }), '{"a":[1]}');
  });
  it('is nothing that could stall or fail, whatever comes in', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    assert.equal(shortValue(circle), 'a large object');
    assert.deepEqual(shortRecord({ circle }), {});
    assert.equal(shortValue({ big: 1n }), 'a value that has no text');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.anything(), (record, value) => {
        shortRecord(record);
        assert.ok(String(shortValue(value) ?? '').length <= 200);
      }),
    );
  });
  it('cannot set a prototype', () => {
    const record = JSON.parse('{"__proto__": {"polluted": true}, "product": "A"}') as Record<string, unknown>;
    const kept = shortRecord(record);
    assert.equal((kept as { polluted?: unknown }).polluted, undefined);
    assert.equal(Object.getPrototypeOf(kept), Object.prototype);
  });
});
