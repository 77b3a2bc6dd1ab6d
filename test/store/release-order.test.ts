import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { nextVersion } from '../../lib/release/emission.ts';
import type { Store } from '../../lib/store/open.ts';
import { type AuditRow, testStores } from '../support/stores.ts';
import { EMITTED, item, QUEUE, versionFlow } from '../support/version-flow.ts';

const DAY = 86_400_000;

for (const target of testStores()) {
  describe(`releasing versions in turn on ${target.name}`, function () {
    this.timeout(30_000);
    let store: Store;
    let audit: () => Promise<AuditRow[]>;
    let end: () => Promise<void>;
    let name = '';
    before(async () => ({ store, audit, end } = await target.open()));
    after(() => end());
    beforeEach(() => {
      name = `plan-${uuidv7()}`;
    });
    const { claim, handedOver, imported, released, shown, told } = versionFlow(
      () => store,
      () => name,
    );
    const next = () => nextVersion(store, { ...EMITTED, zeroGone: false });
    const supersededBy = async (version: string) =>
      (await audit()).find(({ what, subject }) => what === 'version.released' && subject === version)?.detail.supersedes;
    /** What is done so long from now. */
    const fromNow = async <Came>(milliseconds: number, work: () => Promise<Came>): Promise<Came> => {
      const { now } = Date;
      Date.now = () => now() + milliseconds;
      try {
        return await work();
      } finally {
        Date.now = now;
      }
    };
    const written = async (version: string) => {
      const { lease } = await claim(`write:${version}/release-1`);
      await store.jobs.succeed(lease, { result: {}, totals: { applied: { lines: 1, quantity: '0', records: 1 } } });
    };

    it('begins none while the one before it is still being written, and has it take that one’s place', async () => {
      await imported([item('A', '4')], true);
      await released('2026-12-01');
      const first = await imported([item('A', '5')], true);
      await released('2026-12-01', false);
      const second = await imported([item('A', '6')], true);
      assert.equal(await next(), undefined);
      await written(first.id);
      await sleep(1_100);
      const { records, ...emitted } = await told(false);
      assert.deepEqual([emitted.version.id, emitted.version.previous], [second.id, first.id]);
      await handedOver(emitted, records);
      assert.equal(await supersededBy(second.id), first.id);
    });

    it('begins one once what the one before it had to write is given up', async () => {
      await imported([item('A', '5')], true);
      const first = await released('2026-12-01', false);
      const second = await imported([item('A', '6')], true);
      assert.equal(await next(), undefined);
      const { lease } = await claim(`write:${first.version}/release-1`);
      const dead = [{ record: { product: 'A' }, error: 'Odoo says no.', fingerprint: 'no' }];
      await store.jobs.bury(lease, 'Odoo says no.', { result: {}, dead });
      await sleep(1_100);
      assert.equal((await released('2026-12-01')).version, second.id);
    });

    it('waits for none whose release broke off: that one begins anew, and waits in its turn', async () => {
      const first = await imported([item('A', '5')], true);
      const broken = await claim(QUEUE);
      await store.versions.begin(broken.lease, '2026-12-01');
      await imported([item('A', '6')], true);
      const { lease } = await claim(QUEUE);
      await assert.rejects(store.versions.begin(lease, '2026-12-01'), new RegExp(`${first.id} is on its way`));
      await store.jobs.retry(broken.lease, { delayMs: 0, countAttempt: false });
      await store.versions.begin(lease, '2026-12-01');
      const again = await claim(QUEUE);
      assert.equal(again.id, broken.id);
      await assert.rejects(store.versions.begin(again.lease, '2026-12-01'), /-2 is on its way/);
      await store.jobs.bury(lease, 'not needed');
      await store.versions.begin(again.lease, '2026-12-01');
      await store.jobs.bury(again.lease, 'not needed');
    });

    it('waits no longer than a day, and goes by what the other one came to meanwhile', async () => {
      await imported([item('A', '4')], true);
      await released('2026-12-01');
      const first = await imported([item('A', '5')], true);
      await released('2026-12-01', false);
      const second = await imported([item('A', '6')], true);
      const { lease, run, key } = await claim(QUEUE);
      await assert.rejects(store.versions.begin(lease, '2026-12-01'));
      await fromNow(DAY, () => store.versions.begin(lease, '2026-12-01'));
      await written(first.id);
      await handedOver({ lease, run, key }, [{ product: 'A', $source: { lines: 1, quantity: '6' } }]);
      assert.deepEqual(
        [await supersededBy(second.id), (await shown(second.id)).previous, (await shown(first.id)).state],
        [first.id, first.id, 'superseded'],
      );
    });

    it('lets none take the place of a newer one that went past it, when it is written after all', async () => {
      const older = await imported([item('A', '5')], true);
      await released('2026-12-01', false);
      const newer = await imported([item('A', '6')], true);
      await fromNow(DAY, () => released('2026-12-01'));
      await written(older.id);
      assert.deepEqual([(await shown(older.id)).state, (await shown(newer.id)).state], ['superseded', 'released']);
    });
  });
}
