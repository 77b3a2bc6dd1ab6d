import assert from 'node:assert/strict';
import fc from 'fast-check';
import { and, type Domain, or, parseDomain } from '../../lib/odoo/domain.ts';

const condition: fc.Arbitrary<Domain> = fc
  .tuple(fc.constantFrom('a', 'b.c'), fc.constantFrom('=', 'in', 'ilike'), fc.oneof(fc.string(), fc.integer(), fc.boolean()))
  .map((term) => [term]);
const domain: fc.Arbitrary<Domain> = fc.oneof(
  condition,
  fc.array(condition, { maxLength: 4 }).map((parts) => parts.flat()),
  condition.map((part) => ['!', ...part] as Domain),
  fc.tuple(condition, condition).map((parts) => or(...parts)),
);

describe('a domain', () => {
  it('is read from JSON and from Python literals alike', () => {
    const wanted = ['|', ['state', '=', 'done'], ['qty', 'in', [1, 2.5, false, true]]];
    assert.deepEqual(parseDomain('["|", ["state", "=", "done"], ["qty", "in", [1, 2.5, false, true]]]'), wanted);
    assert.deepEqual(parseDomain(`['|', ('state', '=', 'done'), ("qty", 'in', (1, 2.5, None, True,)),]`), wanted);
    assert.deepEqual(parseDomain(wanted), wanted);
    assert.deepEqual(parseDomain("[('name', '=', 'O\\'Neill \\u00e4')]")[0], ['name', '=', "O'Neill ä"]);
  });

  it('of nothing is that of all records', () => {
    for (const nothing of [undefined, '', '  ', '[]', []]) assert.deepEqual(parseDomain(nothing), []);
  });

  it('that is not understood is refused, and says where', () => {
    for (const [text, where] of [
      ['[("a", "=", uid)]', /uid/],
      ['[("a", "=", 1)', /missing|early/],
      ['[("a", "=")]', /term 1 has 2 parts/],
      ['[("a", "equals", 1)]', /no operator "equals"/],
      ['["&", ("a", "=", 1)]', /lacks/],
      ['["a"]', /term 1/],
      ['{"a": 1}', /not a list/],
      ['[("a", "=", 1)] or 1', /after its end/],
      ['[("a", "=", 1e)]', /./],
    ] as const)
      assert.throws(() => parseDomain(text), { code: 'validation', message: where }, text);
    for (const value of [5, true, {}, [5], [['a', '=']], [[5, '=', 1]]])
      assert.throws(() => parseDomain(value), { code: 'validation' });
  });

  it('never takes any text for an empty filter that is not one', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        let parsed: Domain;
        try {
          parsed = parseDomain(text);
        } catch {
          return;
        }
        if (parsed.length === 0) assert.match(text, /^\s*([[(]\s*[\])])?\s*$/);
      }),
    );
  });

  it('joined to others is one that can be read again, with all their conditions', () => {
    const conditions = (part: Domain) => part.filter((term) => Array.isArray(term));
    fc.assert(
      fc.property(fc.array(domain, { minLength: 1, maxLength: 4 }), (parts) => {
        assert.deepEqual(conditions(parseDomain(and(...parts))), parts.flatMap(conditions));
        const either = or(...parts);
        parseDomain(and(either, [['z', '=', 1]]));
        if (parts.some(({ length }) => length === 0)) assert.deepEqual(either, []);
        else assert.deepEqual(conditions(either), parts.flatMap(conditions));
      }),
    );
  });
});
