import assert from 'node:assert/strict';
import {
  columnsOf,
  namesOf,
  namesText,
  readMapping,
  valueAt,
  withValueAt,
  writeMapping,
} from '../../nodes/editor/mapping-source.ts';

describe('the source of a mapping in its form', () => {
  it('begins with a blank one, and keeps what the form does not show', () => {
    assert.deepEqual(readMapping('').rows, []);
    const text = '{"id":"mine","rows":[{"to":"a","from":"b"}],"title":"Mine"}';
    assert.deepEqual(JSON.parse(writeMapping(readMapping(text))), JSON.parse(text));
  });

  it('says what is none', () => {
    assert.throws(() => readMapping('{"rows": ['), /not JSON/);
    assert.throws(() => readMapping('[]'), /is an object with/);
    assert.throws(() => readMapping('{"rows": {"to": "a"}}'), /are a list/);
    assert.throws(() => readMapping('{"rows": ["a"]}'), /are a list/);
  });

  it('takes one name or several, also with commas in them', () => {
    for (const names of ['Item code', ['PERIODID', 'TSTFR'], ['a, b', 'c'], ['[x]', 'y']])
      assert.deepEqual(namesOf(namesText(names)), names);
    assert.equal(namesOf(' '), undefined);
    assert.equal(namesText(undefined), '');
    assert.equal(namesOf('[quantity'), '[quantity');
  });

  it('sets and takes away one value, and a part that is left with none', () => {
    const mapping = readMapping('');
    const wide = withValueAt(mapping, 'wideToLong.name', 'month');
    assert.equal(valueAt(wide, 'wideToLong.name'), 'month');
    assert.deepEqual(withValueAt(wide, 'wideToLong.name', undefined), mapping);
    assert.equal(withValueAt(mapping, 'version', 2).version, 2);
    assert.equal('title' in withValueAt({ ...mapping, title: 'x' }, 'title', undefined), false);
  });

  it('knows the columns that its rows read', () => {
    const rows = [
      { to: 'a', from: ['x', 'y'] },
      { to: 'b', from: 'z' },
      { to: 'c', constant: 1 },
      { to: 'd', from: 'x' },
    ];
    assert.deepEqual(columnsOf({ rows }), ['x', 'z']);
  });
});
