import assert from 'node:assert/strict';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { MappingError } from '../../lib/mapping/errors.ts';
import { faultsOf, mapping } from './support.ts';

describe('checking a mapping', () => {
  it('says where each fault is, all of them at once', () => {
    assert.deepEqual(
      faultsOf(
        mapping([
          { to: 'a', from: 'A', transforms: ['trim', 'trimm'] },
          { to: 'b', from: 'B', transforms: [{ split: { by: '', take: 0 } }] },
          { to: 'c', from: 'C', transforms: [{ date: { format: 'DD.MM.YYYY' } }] },
          { to: 'd' },
        ]),
      ).map((fault) => fault.split(';')[0]),
      [
        'rows[0].transforms[1]: there is no transform "trimm"',
        'rows[1].transforms[0]: split.by: is empty',
        'rows[1].transforms[0]: split.take: counts from 1, or from -1 at the end',
        'rows[2].transforms[0]: date: format "DD.MM.YYYY": "D" is not a part of a date',
        'rows[3]: says nothing of where its value comes from: give "from", "constant" or a transform such as join',
      ],
    );
  });

  it('reads JSON text, and says where it is none', () => {
    assert.equal(compileMapping(JSON.stringify(mapping([{ to: 'a', from: 'A' }]))).name, 'test@1');
    assert.match(faultsOf('{"id": ')[0]!, /^It is not JSON: /);
  });

  it('refuses keys it does not know, so that a slip of the pen is not passed over', () => {
    assert.match(faultsOf(mapping([{ to: 'a', form: 'A' }]))[0]!, /^rows\[0\]: .*"form"/);
    assert.match(
      faultsOf(mapping([{ to: 'a', from: 'A', transforms: [{ trim: {}, upper: {} }] }]))[0]!,
      /transforms\[0\]: takes one name/,
    );
    assert.match(
      faultsOf(mapping([{ to: 'a', from: 'A', transforms: [{ trim: { left: true } }] }]))[0]!,
      /transforms\[0\]: trim: .*left/,
    );
    assert.match(faultsOf(42)[0]!, /object/);
  });

  it('refuses names that reach into the object itself, wherever they stand', () => {
    const hostile = ['__proto__', 'constructor', 'a.__proto__.b', 'prototype[0]', 'a.constructor'];
    for (const name of hostile) {
      assert.match(faultsOf(mapping([{ to: 'a', from: name }]))[0]!, /^rows\[0\]\.from: ".*" may not be named/, name);
      assert.match(faultsOf(mapping([{ to: name, from: 'a' }]))[0]!, /^rows\[0\]\.to: ".*" may not be named/, name);
      assert.match(
        faultsOf(mapping([{ to: 'a', from: 'a', transforms: [{ join: { columns: [name] } }] }]))[0]!,
        /may not be named/,
        name,
      );
    }
    assert.match(faultsOf(mapping([{ to: '$line', from: 'a' }]))[0]!, /begins with \$/);
    const wide = { wideToLong: { columns: '*', name: '__proto__', value: 'v' } };
    assert.match(faultsOf(mapping([{ to: 'a', from: 'a' }], wide))[0]!, /^wideToLong\.name/);
    assert.match(
      faultsOf(
        JSON.parse(`{"id":"x","version":1,"from":"a","to":"b","rows":[{"to":"a","from":"b"}],"__proto__":{"target":1}}`),
      ).join(),
      /^$|__proto__/,
    );
    assert.equal(({} as Record<string, unknown>).target, undefined);
  });

  it('holds a mapping to the canonical record that it makes', () => {
    const rows = ['product', 'location', 'period'].map((field) => ({ to: field, from: field }));
    assert.deepEqual(faultsOf(mapping(rows, { to: 'forecast-line' })), [
      'rows: a forecast-line needs "quantity", and no row makes it',
    ]);
    assert.match(
      faultsOf(mapping([...rows, { to: 'quantity', from: 'q' }, { to: 'qty', from: 'q' }], { to: 'forecast-line' }))[0]!,
      /^rows\[4\]\.to: a forecast-line has no field "qty"; it has product, location/,
    );
  });

  it('refuses a field made twice, and groups and keys that no row makes', () => {
    const faults = faultsOf(
      mapping(
        [
          { to: 'a', from: 'A' },
          { to: ['b', 'a'], from: 'B' },
        ],
        { group: { by: ['a'], sum: ['q'] }, target: { model: 'm', keys: ['k'] } },
      ),
    );
    assert.deepEqual(faults, [
      'rows[1].to: "a" is made by rows[0] already',
      'group.sum: no row makes "q"',
      'target.keys: no row makes "k"',
    ]);
  });

  it('names the columns it reads: those that must be there, and those that may', () => {
    const { columns } = compileMapping(
      mapping([
        { to: 'a', from: 'A', required: true },
        { to: 'b', from: ['B', 'Beta'], required: true },
        { to: 'c', from: 'C', required: true, default: 'x' },
        { to: 'd', from: 'D', transforms: [{ join: { columns: ['E'] } }] },
        { to: 'f', constant: 1 },
      ]),
    );
    assert.deepEqual(columns, { required: ['A'], optional: ['B', 'Beta', 'C', 'D', 'E'] });
  });

  it('carries every fault in one error with a code', () => {
    assert.throws(
      () => compileMapping(mapping([{ to: 'a', from: 'A', transforms: ['nope', 'neither'] }])),
      (error) =>
        error instanceof MappingError &&
        error.code === 'transform' &&
        error.issues.length === 2 &&
        /^Mapping test@1 cannot be used\.\nrows\[0\]/.test(error.message),
    );
  });
});
