import assert from 'node:assert/strict';
import { recordsOfSample } from '../../nodes/editor/sample.ts';

describe('a sample for a mapping', () => {
  const records = [{ product: 'A', quantity: '1,5' }];

  it('may be JSON: a list, or one record', () => {
    assert.deepEqual(recordsOfSample('[{"product":"A","quantity":"1,5"}]'), records);
    assert.deepEqual(recordsOfSample('{"product":"A","quantity":"1,5"}'), records);
    assert.deepEqual(recordsOfSample('  '), []);
  });

  it('may be lines from a spreadsheet or a file, whatever parts their cells', () => {
    assert.deepEqual(recordsOfSample('product\tquantity\nA\t1,5\n'), records);
    assert.deepEqual(recordsOfSample('product;quantity\r\nA;1,5\r\n\r\n'), records);
    assert.deepEqual(recordsOfSample('product,quantity\nA,"1,5"'), records);
    assert.deepEqual(recordsOfSample('product,name\nA,"the ""big"", red one"'), [{ product: 'A', name: 'the "big", red one' }]);
  });

  it('leaves a cell that is missing empty', () => {
    assert.deepEqual(recordsOfSample('product,quantity\nA'), [{ product: 'A', quantity: '' }]);
  });

  it('says what is none', () => {
    assert.throws(() => recordsOfSample('["A"]'), /list of records/);
    assert.throws(() => recordsOfSample('[{'), SyntaxError);
  });
});
