import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type DomainTree, domainOf, textOf, treeOf, typedValue } from '../../nodes/editor/domain-tree.ts';

const a = ['state', '=', 'done'];
const b = ['qty', '>', 5];
const c = ['product_id.active', '=', true];

describe('the domain builder', () => {
  for (const [name, domain, same = domain] of [
    ['nothing', []],
    ['one condition', [a]],
    ['an and that is implied', [a, b], ['&', a, b]],
    ['an or of three', ['|', '|', a, b, c]],
    ['groups within groups', ['&', a, '|', b, '&', c, a]],
    ['a not', ['!', a]],
    ['a not of a group', ['!', '|', a, b]],
    ['a not of an and', ['!', '&', a, b]],
    ['a not of a not', ['!', '!', a]],
    ['an and beside an or', ['|', a, b, c], ['&', '|', a, b, c]],
  ] as const)
    it(`gives back ${name}`, () => {
      assert.deepEqual(domainOf(treeOf(domain)), same);
    });

  it('means what was built, and the same when it is read again, whatever is nested in what', () => {
    const FIELDS = ['a', 'b', 'c', 'd'];
    const { tree } = fc.letrec<{ tree: DomainTree }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(...FIELDS).map((field) => ({ kind: 'condition' as const, field, operator: '=', value: true })),
        fc.record({
          kind: fc.constant('group' as const),
          join: fc.constantFrom('and' as const, 'or' as const, 'not' as const),
          items: fc.array(tie('tree'), { maxLength: 3 }),
        }),
      ),
    }));
    const meansTree = (node: DomainTree, truth: number): boolean => {
      if (node.kind === 'condition') return (truth & (1 << FIELDS.indexOf(node.field))) !== 0;
      const items = node.items.filter((item) => domainOf(item).length > 0).map((item) => meansTree(item, truth));
      if (items.length === 0) return true;
      return node.join === 'or' ? items.some(Boolean) : items.every(Boolean) === (node.join === 'and');
    };
    // Odoo reads a domain from its end; what is left over is joined by and.
    const meansDomain = (domain: readonly unknown[], truth: number): boolean => {
      const stack: boolean[] = [];
      for (const term of [...domain].reverse()) {
        if (term === '!') stack.push(!stack.pop());
        else if (term === '&' || term === '|') {
          const [one, other] = [stack.pop(), stack.pop()] as [boolean, boolean];
          stack.push(term === '&' ? one && other : one || other);
        } else stack.push((truth & (1 << FIELDS.indexOf((term as string[])[0]!))) !== 0);
      }
      return stack.every(Boolean);
    };
    fc.assert(
      fc.property(tree, (built) => {
        const domain = domainOf(built);
        const again = domainOf(treeOf(JSON.stringify(domain)));
        for (let truth = 0; truth < 1 << FIELDS.length; truth++) {
          assert.equal(meansDomain(domain, truth), meansTree(built, truth));
          assert.equal(meansDomain(again, truth), meansDomain(domain, truth));
        }
      }),
    );
  });

  it("takes a domain as text, in JSON or as Odoo's own", () => {
    assert.deepEqual(treeOf(''), treeOf([]));
    assert.deepEqual(
      treeOf("['|', ('state', '=', 'done'), ('active', '=', True)]"),
      treeOf('["|",["state","=","done"],["active","=",true]]'),
    );
  });

  it('leaves an empty group out, and never makes one that takes everything of it', () => {
    const empty = { kind: 'group', join: 'or', items: [] } as const;
    const condition = { kind: 'condition', field: 'state', operator: '=', value: 'done' } as const;
    assert.deepEqual(domainOf({ kind: 'group', join: 'or', items: [empty, condition] }), [a]);
    assert.deepEqual(domainOf({ kind: 'group', join: 'not', items: [empty] }), []);
  });

  it('says what is not a domain', () => {
    assert.throws(() => treeOf('state = done'), /cannot be understood/);
    assert.throws(() => treeOf(['|', a]), /lacks a condition/);
    assert.throws(() => treeOf([['state', '=']]), /a condition has three/);
    assert.throws(() => treeOf([[1, '=', 1]]), /only be edited as text/);
  });

  it('takes a value as it was meant', () => {
    assert.deepEqual(
      [
        typedValue('5', '='),
        typedValue('true', '='),
        typedValue('WH', '='),
        typedValue('"5"', '='),
        typedValue('a, 2', 'in'),
        typedValue('[1,2]', 'in'),
        typedValue('5', 'in'),
        typedValue('', 'not in'),
      ],
      [5, true, 'WH', '5', ['a', 2], [1, 2], [5], []],
    );
    for (const value of [5, true, 'WH', '5', ['a', 2], false]) assert.deepEqual(typedValue(textOf(value), '='), value);
  });
});
