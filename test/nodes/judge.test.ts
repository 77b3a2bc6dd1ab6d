import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import type { Difference } from '../../lib/forecast/versions/difference.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import type { Store } from '../../lib/store/open.ts';
import { judge } from '../../nodes/forecast-approve/judge.ts';
import { Settings } from '../../nodes/forecast-approve/settings.ts';
import { releasedVersion } from '../support/released-version.ts';
import { testStores } from '../support/stores.ts';

const [target] = testStores();

const item = (product: string, quantity: string): VersionItem => {
  const periods = [{ period: '2026-12', quantity, lines: [[2, quantity] as [number, string]] }];
  return { product, location: 'WH', group: 'All', uom: 'Units', lines: 1, sent: quantity, periods };
};

describe('judging a version', function () {
  this.timeout(30_000);
  let store: Store;
  let end: () => Promise<void>;
  before(async () => {
    ({ store, end } = (await target?.open()) ?? assert.fail('no store'));
    await releasedVersion(store, 'plan', [item('A', '100'), item('B', '100')]);
  });
  after(() => end());

  const judged = async (items: VersionItem[], settings: Record<string, unknown>) => {
    const run = { id: uuidv7(), interface: 'plan', source: 'test' };
    await store.runs.begin(run);
    await store.runs.accept(run, { lines: items.length, contentHash: run.id, queue: run.id, maxAttempts: 3 });
    const [job] = await store.jobs.claim(run.id, { owner: 'test', leaseSeconds: 60, limit: 1 });
    const { lease } = job ?? assert.fail('nothing to claim');
    const message = { sync: { run: run.id, interface: 'plan' } } as FlowMessage;
    const parsed = Settings.parse({ server: 'odoo', store: 'store', largestChangePercent: 30, ...settings });
    const version = await judge(store, message, { ...lease, store: 'store' }, items, {
      ...parsed,
      queue: 'approve',
      today: '2026-11-30',
    });
    await store.jobs.bury(lease, 'not needed');
    const { total, changes } = version.difference as Difference;
    return { version, total, changes: changes.map(({ product, before, after }) => [product, before, after]) };
  };

  it('compares a promotion with the baseline that it adds to', async () => {
    const small = await judged([item('A', '10'), item('C', '1')], { purpose: 'promotion' });
    const { new: added, gone, changed, unchanged } = small.total;
    assert.deepEqual([added, gone, changed, unchanged], [1, 0, 1, 1]);
    assert.deepEqual(small.changes, [
      ['A', '100', '110'],
      ['C', '0', '1'],
    ]);
    const large = await judged([item('A', '40')], { purpose: 'promotion' });
    assert.equal(large.version.automatic, false);
    assert.match(large.version.why.join(), /Product A at WH changes by 40 % in 2026-12, from 100 to 140 Units/);
  });

  it('lets a scenario wait, however little it changes', async () => {
    const { version, total } = await judged([item('A', '100'), item('B', '100')], { purpose: 'scenario' });
    assert.deepEqual([version.automatic, total.unchanged], [false, 2]);
    assert.deepEqual(version.why, ['It is a scenario: it is kept and compared, never released.']);
  });
});
