import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { OdooClient } from '../../lib/odoo/client.ts';
import { nextVersion } from '../../lib/release/emission.ts';
import { doOdooJob } from '../../lib/release/odoo-jobs.ts';
import type { ClaimedJob } from '../../lib/store/jobs.ts';
import type { Store } from '../../lib/store/open.ts';
import type { Decided } from '../../lib/store/versions/approval.ts';
import { type AuditRow, testStores } from '../support/stores.ts';
import { EMITTED, item, QUEUE, versionFlow, wrote } from '../support/version-flow.ts';

const BEN = { who: 'ben', comment: 'wrong' };
const HOLD = { signal: new AbortController().signal, confirm: async () => {} };
/** Nothing was written by the releases that are taken back with it, and so nothing is called. */
const ODOO = { call: async () => assert.fail('Odoo was called') } as unknown as OdooClient;

for (const target of testStores()) {
  describe(`taking a release back on ${target.name}`, function () {
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
    const { claim, handedOver, imported, odooJob, released, shown, told } = versionFlow(
      () => store,
      () => name,
    );
    const came = (decided: Decided) => ('refused' in decided ? decided.because : decided.version.state);
    const next = () => nextVersion(store, { ...EMITTED, zeroGone: false });
    const done = async (job: ClaimedJob) => store.jobs.succeed(job.lease, await doOdooJob(store, ODOO, job, HOLD));
    const toldOf = async (version: string) =>
      (await audit()).filter(({ subject }) => subject === version).map(({ what, detail }) => ({ what, ...detail }));

    it('is done once, and makes the version before it the baseline again', async () => {
      const first = await imported([item('A', '5')], true);
      await released('2026-12-01');
      const second = await imported([item('A', '6')], true);
      await released('2026-12-01', [wrote({ max: 5 }, { max: 6 })]);
      const [written] = await store.versions.releasedRecords(second.id);
      assert.deepEqual(
        [written?.record, written?.before, written?.changed, written?.created],
        [7, { max: 5 }, { max: 6 }, false],
      );
      assert.equal(came(await store.versions.takeBack(first.id, BEN)), 'state');
      for (const _ of [1, 2]) assert.equal(came(await store.versions.takeBack(second.id, BEN)), 'released');
      const jobs = await store.jobs.claim(`${QUEUE}/odoo`, { owner: 'test', leaseSeconds: 60, limit: 100 });
      const [back, ...others] = jobs.filter(({ kind }) => kind === 'roll-back');
      assert.deepEqual(others, []);
      const undone = [{ model: 'x', record: 7, name: 'seven', undone: 'restored', left: false }];
      await store.versions.takenBack(back?.lease ?? assert.fail(), second.id, undone, BEN);
      assert.deepEqual([(await shown(first.id)).state, (await shown(second.id)).state], ['released', 'rolled-back']);
      assert.deepEqual(await store.versions.releasedRecords(second.id), []);
      const [line] = await store.versions.lineage({ model: 'x', record: 7 });
      assert.deepEqual([line?.version, line?.records[0]?.undone], [second.id, 'restored']);
    });

    it('is refused while another version is given to the flow, or written', async () => {
      const first = await imported([item('A', '5')], true);
      await released('2026-12-01');
      const second = await imported([item('A', '6')], true);
      const { records, ...emitted } = await told(false);
      assert.equal(came(await store.versions.takeBack(first.id, BEN)), 'state', 'it is given to the flow');
      await handedOver(emitted, records, false);
      const refused = await store.versions.takeBack(first.id, BEN);
      assert.ok('refused' in refused && refused.refused.includes(second.id), 'it is written');
      await store.jobs.succeed((await claim(`write:${emitted.key}`)).lease, { result: {} });
      assert.equal(came(await store.versions.takeBack(second.id, BEN)), 'released');
      await done(await odooJob('roll-back', second.id));
    });

    it('goes before a release that comes after it, which then goes by what stands', async () => {
      const base = await imported([item('A', '4')], true);
      await released('2026-12-01');
      const first = await imported([item('A', '5')], true);
      await released('2026-12-01');
      await store.versions.takeBack(first.id, BEN);
      assert.equal(came(await store.versions.releaseAgain(first.id, BEN)), 'state', 'it is to be taken back');
      await imported([item('A', '5')], true);
      assert.equal(await next(), undefined);
      await done(await odooJob('roll-back', first.id));
      await sleep(1_100);
      const second = await released('2026-12-01');
      assert.deepEqual([second.standing, (await shown(second.version)).previous], [base.id, base.id]);
      assert.equal(second.records.length, 1, 'the roll-back took it out of Odoo');
    });

    it('holds up no release once it was given up, and is not done after that one took its place', async () => {
      const first = await imported([item('A', '5')], true);
      await released('2026-12-01', [wrote({ max: 4 }, { max: 5 })]);
      await store.versions.takeBack(first.id, BEN);
      const given = await odooJob('roll-back', first.id);
      await store.jobs.bury(given.lease, 'Odoo says no.');
      const second = await imported([item('A', '6')], true);
      const { records, ...emitted } = await told(false);
      await store.deadLetters.replay({ ids: [given.id] }, BEN);
      const waiting = await odooJob('roll-back', first.id);
      await assert.rejects(doOdooJob(store, ODOO, waiting, HOLD), /is on its way to Odoo/);
      await store.jobs.retry(waiting.lease, { delayMs: 0, countAttempt: false });
      await handedOver(emitted, records);
      await done(await odooJob('roll-back', first.id));
      assert.deepEqual([(await shown(first.id)).state, (await shown(second.id)).state], ['superseded', 'released']);
      const last = (await toldOf(first.id)).at(-1);
      assert.deepEqual(last, { what: 'version.not-rolled-back', comment: 'wrong', state: 'superseded', undone: [] });

      await store.versions.takeBack(second.id, BEN);
      await done(await odooJob('roll-back', second.id));
      assert.equal((await shown(first.id)).state, 'released');
      await store.versions.takeBack(first.id, { who: 'eva', comment: 'this one, too' });
      const { payload } = await odooJob('roll-back', first.id);
      assert.deepEqual(payload, { version: first.id, who: 'eva', comment: 'this one, too' });
    });

    /** A release of which Odoo refuses the record of one product. */
    const withLetter = async () => {
      const version = await imported([item('A', '5'), item('B', '7')], true);
      await released('2026-12-01', false);
      const write = `write:${version.id}/release-1`;
      const dead = [{ record: { product: 'B', $source: { lines: 1, quantity: '7' } }, error: 'No B.', fingerprint: 'no' }];
      const one = { lines: 1, quantity: '0', records: 1 };
      await store.jobs.succeed((await claim(write)).lease, { result: {}, dead, totals: { applied: one, refused: one } });
      assert.equal((await store.runs.summary(version.run ?? ''))?.state, 'applied-with-exceptions');
      return { version, write, letters: { run: version.run ?? '' } };
    };

    it('takes back also what a dead letter wrote after the release', async () => {
      const { version, write, letters } = await withLetter();
      await store.versions.takeBack(version.id, BEN);
      assert.equal((await store.deadLetters.replay(letters, BEN)).length, 1);
      const early = await odooJob('roll-back', version.id);
      await assert.rejects(doOdooJob(store, ODOO, early, HOLD), /Dead letters of .* are being replayed/);
      const written = [wrote({ max: 1 }, { max: 7 })];
      await store.jobs.succeed((await claim(write)).lease, { result: {}, written });
      const records = await store.versions.releasedRecords(version.id);
      assert.deepEqual(
        records.map(({ record, before }) => [record, before]),
        [[7, { max: 1 }]],
      );
      await store.versions.takenBack(early.lease, version.id, [], BEN);
    });

    it('leaves no dead letter that would write the version’s values after all', async () => {
      const { version, letters } = await withLetter();
      await store.versions.takeBack(version.id, BEN);
      await done(await odooJob('roll-back', version.id));
      assert.deepEqual([await store.deadLetters.list(letters), await store.deadLetters.replay(letters, BEN)], [[], []]);
      assert.equal((await store.runs.summary(version.run ?? ''))?.state, 'applied-with-exceptions');
    });
  });
}
