import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { Store } from '../../lib/store/open.ts';
import type { Decided } from '../../lib/store/versions/approval.ts';
import { testStores } from '../support/stores.ts';
import { item, versionFlow, wrote } from '../support/version-flow.ts';

const BEN = { who: 'ben', comment: '' };

for (const target of testStores()) {
  describe(`releasing a version again on ${target.name}`, function () {
    this.timeout(30_000);
    let store: Store;
    let end: () => Promise<void>;
    let name = '';
    before(async () => ({ store, end } = await target.open()));
    after(() => end());
    beforeEach(() => {
      name = `plan-${uuidv7()}`;
    });
    const { accepted, imported, judged, odooJob, preview, released, shown } = versionFlow(
      () => store,
      () => name,
    );
    const refused = (came: Decided) => ('refused' in came ? came.because : came.version.state);

    it('takes a person other than the one who sent it', async () => {
      const first = await imported([item('A', '5')], true, 'anna');
      await released('2026-12-01');
      await imported([item('A', '6')], true, 'anna');
      await released('2026-12-01');
      assert.equal(refused(await store.versions.releaseAgain(first.id, { who: 'anna', comment: '' })), 'person');
      assert.equal((await shown(first.id)).state, 'superseded');
      assert.equal(refused(await store.versions.releaseAgain(first.id, BEN)), 'approved');
      await released('2026-12-01');
      assert.equal((await shown(first.id)).state, 'released');
    });

    it('waits for what its run is given again, and leaves that one’s release alone', async () => {
      const run = await accepted(2);
      const first = await judged([item('A', '5')], true, { held: ['B'] });
      await released('2026-12-01');
      await store.runs.redrive(run, { who: 'ben', why: 'B has a supplier' });
      assert.equal(refused(await store.versions.releaseAgain(first.id, BEN)), 'state', 'the run is under way');
      const second = await judged([item('B', '1')], false, { before: [item('A', '5')] });
      assert.equal(second.state, 'awaiting-approval');
      await preview();
      assert.equal(refused(await store.versions.releaseAgain(first.id, BEN)), 'state', 'the run has a later version');
      assert.equal(refused(await store.versions.approve(second.id, BEN)), 'approved');
      await released('2026-12-01');
      assert.deepEqual([(await shown(second.id)).state, (await store.runs.summary(run))?.state], ['released', 'applied']);
      assert.equal(refused(await store.versions.releaseAgain(first.id, BEN)), 'state', 'the later version has its lines');
      assert.equal(refused(await store.versions.releaseAgain(second.id, BEN)), 'approved');
      await released('2026-12-01');
    });

    it('is taken back to what stood before it was released again', async () => {
      const { versions } = store;
      const order = { model: 'mrp.production', record: 3, name: 'MO3', product: 'A', location: 'WH', snapshot: {} };
      const first = await imported([item('A', '5')], true);
      await released('2026-12-01', [wrote({}, { max: 5 }, 'created')]);
      await versions.keepOrders((await odooJob('trace', first.id)).lease, first.id, [order]);
      const second = await imported([item('A', '6')], true);
      await released('2026-12-01', [wrote({ max: 5 }, { max: 6 })]);

      await versions.releaseAgain(first.id, BEN);
      await released('2026-12-01', [wrote({ max: 6 }, { max: 5 })]);
      const [record, ...others] = await versions.releasedRecords(first.id);
      assert.deepEqual(others, []);
      assert.deepEqual([record?.created, record?.before, record?.changed], [false, { max: 6 }, { max: 5 }]);
      // The order was there before: it is none of what is taken back.
      await versions.keepOrders((await odooJob('trace', first.id)).lease, first.id, [order]);
      assert.deepEqual(await versions.releasedOrders(first.id), []);
      const [, now] = await versions.lineage({ model: 'x', record: 7 });
      assert.deepEqual(
        now?.records.map(({ undone }) => undone),
        [`superseded by ${second.id}`, null],
      );

      await versions.takeBack(first.id, BEN);
      const undone = [{ model: 'x', record: 7, name: 'seven', undone: 'restored', left: false }];
      await versions.takenBack((await odooJob('roll-back', first.id)).lease, first.id, undone, BEN);
      assert.deepEqual([(await shown(first.id)).state, (await shown(second.id)).state], ['rolled-back', 'released']);
      const [, back] = await versions.lineage({ model: 'x', record: 7 });
      assert.deepEqual(
        back?.records.map(({ undone }) => undone),
        [`superseded by ${second.id}`, 'restored'],
      );
    });

    it('is taken back to what stood before its first release, where no other came in between', async () => {
      const first = await imported([item('A', '5')], true);
      await released('2026-12-01', [wrote({}, { max: 5 }, 'created')]);
      await store.versions.releaseAgain(first.id, BEN);
      await released('2026-12-01', [wrote({ max: 7 }, { max: 5 })]);
      const [record] = await store.versions.releasedRecords(first.id);
      assert.deepEqual([record?.created, record?.before, record?.changed], [true, { max: 7 }, { max: 5 }]);
    });
  });
}
