import assert from 'node:assert/strict';
import { ForecastLine } from '../../lib/canonical/forecast-line.ts';
import { ReorderingRule } from '../../lib/canonical/reordering-rule.ts';
import { CANONICAL, isCanonical } from '../../lib/canonical/schemas.ts';

const line = { product: 'FURN_9666', location: 'WH', period: '2026-W50', quantity: '12' };
const faults = (value: unknown) =>
  ForecastLine.safeParse(value).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

describe('the canonical records', () => {
  it('take a forecast line with a quantity as number or text, and keep it as an exact decimal', () => {
    assert.equal(ForecastLine.parse({ ...line, quantity: 12.5 }).quantity, '12.5');
    assert.equal(ForecastLine.parse({ ...line, quantity: '1e2' }).quantity, '100');
    assert.equal(
      ForecastLine.parse({ ...line, quantity: '-4' }).quantity,
      '-4',
      'a rule refuses negative quantities, not the schema',
    );
    assert.equal(ForecastLine.parse({ ...line, $line: 7 }).$line, 7);
  });

  it('say what a forecast line lacks', () => {
    assert.deepEqual(faults({}), [
      'product is missing',
      'location is missing',
      'period is missing',
      'quantity is missing or not a number',
    ]);
    assert.deepEqual(faults({ ...line, product: '', period: '2026-13' }), [
      'product is missing',
      'period names month 13; months run from 1 to 12',
    ]);
    assert.deepEqual(faults({ ...line, product: 'A\0' }), ['product holds a NUL character']);
    assert.deepEqual(faults({ ...line, quantity: Number.POSITIVE_INFINITY }).length, 1);
  });

  it('hold a reordering rule with the lines behind it', () => {
    const rule = { product: 'A', location: 'WH', minimum: 3, maximum: 9, supply: 'buy', $source: { lines: 2, quantity: '9' } };
    assert.deepEqual(ReorderingRule.parse(rule), rule);
    assert.equal(ReorderingRule.safeParse({ ...rule, minimum: -1 }).success, false);
  });

  it('are known by name, and by no other', () => {
    assert.deepEqual(Object.keys(CANONICAL).filter(isCanonical), Object.keys(CANONICAL));
    assert.equal(isCanonical('constructor'), false);
  });
});
