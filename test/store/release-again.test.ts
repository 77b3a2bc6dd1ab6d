import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { Store } from '../../lib/store/open.ts';
import type { Decided } from '../../lib/store/versions/approval.ts';
import { testStores } from '../support/stores.ts';
import { item, versionFlow } from '../support/version-flow.ts';

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
    const { imported, released, shown } = versionFlow(
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
  });
}
