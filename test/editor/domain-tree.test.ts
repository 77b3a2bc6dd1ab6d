import assert from 'node:assert/strict';
import { domainOf, textOf, treeOf, typedValue } from '../../nodes/editor/domain-tree.ts';

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
    ['an and beside an or', ['|', a, b, c], ['&', '|', a, b, c]],
  ] as const)
    it(`gives back ${name}`, () => {
      assert.deepEqual(domainOf(treeOf(domain)), same);
    });

  it('says what is not a domain', () => {
    assert.throws(() => treeOf('state = done'), /list of conditions/);
    assert.throws(() => treeOf(['|', a]), /missing at the end/);
    assert.throws(() => treeOf([['state', '=']]), /not a condition/);
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
      ],
      [5, true, 'WH', '5', ['a', 2], [1, 2]],
    );
    for (const value of [5, true, 'WH', '5', ['a', 2], false]) assert.deepEqual(typedValue(textOf(value), '='), value);
  });
});
