import assert from 'node:assert/strict';
import { keyOf } from '../../lib/odoo/existing.ts';

describe('the key of a record', () => {
  for (const [title, type, held, given, same] of [
    ['a whole number as text', 'integer', 50, '50', true],
    ['another number', 'integer', 50, '51', false],
    ['a decimal with zeros at its end', 'float', 2.5, '2.50', true],
    ['an amount', 'monetary', -12, '-12.00', true],
    ['a many2one by its id as text', 'many2one', [7, 'Name'], '7', true],
    ['a reference of digits', 'char', '0815', '815', false],
    ['a number given for a reference', 'char', '815', 815, true],
  ] as [string, string, unknown, unknown, boolean][])
    it(`${same ? 'is' : 'is not'} that of ${title}`, () => {
      const [one, other] = [held, given].map((x_key) => keyOf({ x_key }, ['x_key'], { x_key: { type } }));
      assert.equal(one === other, same);
    });
});
