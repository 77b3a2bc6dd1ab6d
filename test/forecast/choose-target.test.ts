import assert from 'node:assert/strict';
import { ForecastError } from '../../lib/forecast/errors.ts';
import { chooseTarget, needOrders } from '../../lib/forecast/targets/target.ts';

const having = (...models: string[]) => ({ hasModel: (model: string) => models.includes(model) });
const RULES = 'stock.warehouse.orderpoint';
const lacks = (words: RegExp) => (error: unknown) =>
  error instanceof ForecastError && error.code === 'settings' && words.test(error.message);

describe('the target of a forecast', () => {
  it('is the schedule, else estimates, else reordering rules, by what the database has', () => {
    assert.equal(
      chooseTarget('auto', having(RULES, 'stock.demand.estimate', 'mrp.production.schedule')),
      'master-production-schedule',
    );
    assert.equal(chooseTarget('auto', having(RULES, 'stock.demand.estimate')), 'demand-estimates');
    assert.equal(chooseTarget('auto', having(RULES)), 'reordering-rules');
  });

  it('says which app is missing', () => {
    const database = having(RULES);
    const estimates = /Odoo lacks the model stock\.demand\.estimate: install the OCA module stock_demand_estimate/;
    assert.throws(() => chooseTarget('demand-estimates', database), lacks(estimates));
    assert.throws(() => chooseTarget('master-production-schedule', database), lacks(/mrp\.production\.schedule.*Enterprise/));
    assert.throws(() => chooseTarget('auto', having()), lacks(/install the app Inventory/));
    assert.throws(() => needOrders(database, 'manufacture'), lacks(/mrp\.production: install the app Manufacturing/));
    assert.throws(() => needOrders(database, 'buy'), lacks(/purchase\.order: install the app Purchase/));
  });
});
