import assert from 'node:assert/strict';
import { holds } from '../../lib/odoo/equality.ts';
import type { FieldInfo } from '../../lib/odoo/profile.ts';

const float: FieldInfo = { type: 'float', digits: [16, 2] };

describe('what Odoo already holds', () => {
  for (const [title, field, held, wanted, same] of [
    ['a many2one by its id', { type: 'many2one' }, [5, 'Name'], 5, true],
    ['another many2one', { type: 'many2one' }, [5, 'Name'], 6, false],
    ['a many2one by its id as text', { type: 'many2one' }, [5, 'Name'], '5', true],
    ['an empty many2one', { type: 'many2one' }, false, null, true],
    ["a float within the field's digits", float, 1.1, 1.1049, true],
    ['a float that differs in the last digit', float, 1.1, 1.11, false],
    ['a float without digits, by binary noise', { type: 'float' }, 0.3, 0.1 + 0.2, true],
    ['a small float without digits', { type: 'float' }, 1e-6, 2e-6, false],
    ['an empty number', { type: 'integer' }, 0, false, true],
    ['an empty text', { type: 'char' }, false, '', true],
    ['digits in a text', { type: 'char' }, '0815', '815', false],
    ['a number given for a text', { type: 'char' }, '815', 815, true],
    ['a date', { type: 'date' }, '2026-12-01', '2026-12-01', true],
    ['a ticked box', { type: 'boolean' }, true, true, true],
    ['the same tags in another order', { type: 'many2many' }, [1, 2], [[6, 0, [2, 1]]], true],
    ['other tags', { type: 'many2many' }, [1, 2], [[6, 0, [2, 3]]], false],
    ['a command that adds', { type: 'many2many' }, [1, 2], [[4, 2]], false],
  ] as [string, FieldInfo, unknown, unknown, boolean][])
    it(`${same ? 'is' : 'is not'} ${title}`, () => {
      assert.equal(holds(field, held, wanted), same);
    });
});
