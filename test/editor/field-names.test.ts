import assert from 'node:assert/strict';
import { bestFirst, typedName } from '../../nodes/editor/field-names.ts';

describe('the completion of names', () => {
  it('completes the last name of a list, and the last step of a path', () => {
    assert.deepEqual(typedName('sta', true), { before: '', path: [], name: 'sta' });
    assert.deepEqual(typedName('state, Prod', true), { before: 'state, ', path: [], name: 'prod' });
    assert.deepEqual(typedName('state,product_id.categ_id.na', true), {
      before: 'state, product_id.categ_id.',
      path: ['product_id', 'categ_id'],
      name: 'na',
    });
    assert.deepEqual(typedName('a, b', false), { before: '', path: [], name: 'a, b' });
  });

  it('puts first what is the same, then what begins so, then what holds it, by its name before its label', () => {
    const fields = ['display_name', 'state', 'name', 'name_search', 'active'].map((name) => ({
      name,
      label: name === 'active' ? 'Nameless' : '',
    }));
    assert.deepEqual(
      bestFirst(fields, 'name', ({ name, label }) => [name, label]).map(({ name }) => name),
      ['name', 'name_search', 'display_name', 'active'],
    );
    assert.equal(bestFirst(fields, '', ({ name }) => [name]).length, fields.length);
  });
});
