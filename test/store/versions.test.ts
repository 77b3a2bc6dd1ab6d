import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import { nextVersion } from '../../lib/release/emission.ts';
import type { Store } from '../../lib/store/open.ts';
import { testStores } from '../support/stores.ts';
import { EMITTED, INTAKE, item, PROMOTIONS, QUEUE, versionFlow } from '../support/version-flow.ts';

const LATE = `${INTAKE}/late`;

for (const target of testStores()) {
  describe(`forecast versions on ${target.name}`, function () {
    this.timeout(30_000);
    let store: Store;
    let end: () => Promise<void>;
    let name = '';
    before(async () => ({ store, end } = await target.open()));
    after(() => end());
    beforeEach(() => {
      name = `plan-${uuidv7()}`;
    });

    const { claim, accepted, imported, judged, shown, released, handedOver, told, toldAndReleased, preview } = versionFlow(
      () => store,
      () => name,
    );

    it('releases an old version that had to be tried again before the newer ones', async () => {
      const items = [item('A', '10')];
      const versions = [await imported(items, true), await imported(items, true), await imported(items, true)];
      const options = { queue: QUEUE, owner: 'test', leaseSeconds: 60, day: '2026-11-26', everything: false, zeroGone: false };
      const first = await nextVersion(store, options);
      assert.equal(first?.version.id, versions[0]?.id);
      await store.jobs.retry(first?.lease ?? assert.fail(), { error: 'Odoo is away.', delayMs: 200, countAttempt: false });
      assert.equal(await nextVersion(store, options), undefined);
      for (const { id } of versions) {
        let next: Awaited<ReturnType<typeof nextVersion>>;
        while (!next) {
          await sleep(50);
          next = await nextVersion(store, options);
        }
        assert.equal(next.version.id, id);
        await store.jobs.settle(next.lease);
      }
    });

    it('numbers an interface’s versions and shows what each wants', async () => {
      const first = await imported([item('A', '5'), item('B', '7')], true);
      assert.deepEqual([first.id, first.state, first.lines, first.quantity], [`${name}-1`, 'approved', 2, '12']);
      assert.deepEqual(await store.versions.items.all(first.id), [item('A', '5'), item('B', '7')]);
      await released('2026-12-01');
      assert.equal((await shown(first.id)).state, 'released');
      assert.equal((await store.versions.baseline(name))?.id, first.id);
      assert.deepEqual(await store.versions.baselineItems(name, [{ product: 'B', location: 'WH' }]), [item('B', '7')]);
      const summary = await store.runs.summary(first.run ?? '');
      assert.deepEqual([summary?.state, summary?.version, summary?.applied], ['applied', first.id, 2]);
    });

    it('gives the flow only what changed, where the version before it was released on the same day', async () => {
      const first = await imported([item('A', '5'), item('B', '7')], true);
      await released('2026-12-01');
      const second = await imported([item('A', '6'), item('B', '7')], true);
      const { standing, records } = await released('2026-12-01');
      assert.deepEqual([standing, records.length], [first.id, 1]);
      const summary = await store.runs.summary(second.run ?? '');
      assert.deepEqual([summary?.state, summary?.applied, summary?.unchanged], ['applied', 1, 1]);
      assert.equal((await shown(first.id)).state, 'superseded');
      await imported([item('A', '6'), item('B', '7')], true);
      assert.equal((await released('2026-12-02')).records.length, 2, 'on another day everything is worked out anew');
    });

    it('gives the flow what is gone as wanted no more, where that is set, also to be tried', async () => {
      const later = (found: VersionItem): VersionItem => ({
        ...found,
        periods: [...found.periods, { period: '2027-01', quantity: '3', lines: [] }],
      });
      const baseline = await imported([later(item('A', '5')), item('B', '7'), item('C', '9')], true);
      await released('2026-12-01');
      const waiting = await imported([item('A', '5'), item('C', '9')], false);
      const gone = ['A 2026-12 5', 'A 2027-01 0', 'B 2026-12 0'];
      const tried = await told(true);
      assert.deepEqual([tried.kind, tried.told], ['preview', gone]);
      await store.jobs.settle(tried.lease);
      await store.versions.approve(waiting.id, { who: 'ben', comment: '' });
      const kept = await told(false);
      assert.deepEqual(kept.told, gone.slice(0, 1));
      await store.jobs.retry(kept.lease, { delayMs: 0, countAttempt: false });
      const zeroed = await told(true);
      assert.deepEqual([zeroed.kind, zeroed.told, zeroed.version.previous], ['release', gone, baseline.id]);
      await store.jobs.settle(zeroed.lease);
    });

    it('releases a promotion on top of the baseline, and the baseline with the promotion that stands', async () => {
      const promoted = (items: readonly VersionItem[]) => imported(items, true, undefined, 24, 'promotion');
      const baseline = await imported([item('A', '5'), item('B', '7')], true);
      await toldAndReleased();
      const promotion = await promoted([item('A', '2'), item('C', '3')]);
      assert.deepEqual(await toldAndReleased(false, PROMOTIONS), ['A 2026-12 7', 'C 2026-12 3']);
      const summary = await store.runs.summary(promotion.run ?? '');
      assert.deepEqual([summary?.state, summary?.applied], ['applied', 2]);
      assert.deepEqual([(await shown(baseline.id)).state, (await store.versions.baseline(name))?.id], ['released', baseline.id]);

      const newer = await imported([item('A', '6'), item('B', '7')], true);
      assert.deepEqual(await toldAndReleased(), ['A 2026-12 8', 'B 2026-12 7']);
      assert.deepEqual([(await shown(newer.id)).state, (await shown(promotion.id)).state], ['released', 'released']);

      await promoted([item('B', '1')]);
      assert.deepEqual(
        await toldAndReleased(false, PROMOTIONS),
        ['B 2026-12 8', 'A 2026-12 6'],
        'C is not the baseline’s, and stays',
      );
      assert.equal((await shown(promotion.id)).state, 'superseded');
      await promoted([item('C', '1')]);
      assert.deepEqual(await toldAndReleased(true, PROMOTIONS), ['C 2026-12 1', 'B 2026-12 7']);

      await imported([item('A', '6')], true);
      assert.deepEqual(await toldAndReleased(true), ['A 2026-12 6', 'B 2026-12 0']);
    });

    it('lets what the baseline no longer has stay wanted by a promotion', async () => {
      const both = [item('A', '5'), item('B', '7')];
      const later = (found: VersionItem) => ({
        ...found,
        periods: [...found.periods, { period: '2027-01', quantity: '3', lines: [] }],
      });
      await imported(both.map(later), true);
      await toldAndReleased();
      await imported([item('A', '2'), item('B', '1')], true, undefined, 24, 'promotion');
      await toldAndReleased(false, PROMOTIONS);
      await imported([item('A', '5')], true);
      assert.deepEqual(await toldAndReleased(true), ['A 2026-12 7', 'A 2027-01 0', 'B 2026-12 1', 'B 2027-01 0']);
    });

    it('releases no promotion while its baseline is being released', async () => {
      await imported([item('A', '5')], true);
      const { lease, version, records, ...job } = await told(false);
      assert.equal(version.state, 'releasing');
      await imported([item('A', '2')], true, undefined, 24, 'promotion');
      assert.equal(await nextVersion(store, { ...EMITTED, queue: PROMOTIONS, zeroGone: false }), undefined);
      await handedOver({ lease, ...job }, records);
      await sleep(1_100);
      assert.deepEqual(await toldAndReleased(false, PROMOTIONS), ['A 2026-12 7']);
    });

    it('keeps a scenario to be compared, and does not let it be approved', async () => {
      const scenario = await imported([item('A', '50')], false, undefined, 24, 'scenario');
      await preview();
      const answer = await store.versions.approve(scenario.id, { who: 'ben', comment: '' });
      assert.ok('refused' in answer && answer.because === 'state' && /is a scenario/.test(answer.refused));
      await store.versions.refuse(scenario.id, { who: 'ben', comment: 'compared' });
    });

    it('adds nothing of the baseline to a promotion of which a product group is refused', async () => {
      await imported([item('A', '5'), item('B', '7', 'Wood')], true);
      await toldAndReleased();
      const promotion = await imported([item('A', '1'), item('B', '2', 'Wood')], false, undefined, 24, 'promotion');
      await preview(PROMOTIONS);
      await store.versions.approve(promotion.id, { who: 'ben', comment: 'no wood' }, ['Wood']);
      assert.deepEqual(await toldAndReleased(false, PROMOTIONS), ['A 2026-12 6']);
    });

    it('gives it whole where another release has written since', async () => {
      await imported([item('A', '5')], true);
      await released('2026-12-01');
      await imported([item('A', '6')], true);
      const { lease } = await claim(QUEUE);
      await store.versions.begin(lease, '2026-12-01');
      await store.jobs.bury(lease, 'the flow does not lead on');
      await imported([item('A', '5')], true);
      assert.equal((await released('2026-12-01')).records.length, 1);
    });

    it('waits for approval, refuses the one who sent it, and is released once another approves', async () => {
      const version = await imported([item('A', '5')], false, 'anna');
      assert.deepEqual([version.state, version.why], ['awaiting-approval', ['It is large.']]);
      assert.equal((await store.runs.summary(version.run ?? ''))?.state, 'awaiting-approval');
      await preview();
      assert.deepEqual(await store.jobs.claim(QUEUE, { owner: 'test', leaseSeconds: 60, limit: 1 }), []);
      const own = await store.versions.approve(version.id, { who: 'anna', comment: '' });
      assert.ok('refused' in own && own.because === 'person');
      const approved = await store.versions.approve(version.id, { who: 'ben', comment: 'fine' });
      assert.ok('version' in approved && approved.version.state === 'approved');
      await released('2026-12-01');
      assert.equal((await shown(version.id)).state, 'released');
      const again = await store.versions.approve(version.id, { who: 'ben', comment: '' });
      assert.ok('refused' in again && again.because === 'state');
    });

    it('holds every line of a version that is refused', async () => {
      const version = await imported([item('A', '5'), item('B', '7', 'Wood')], false);
      await preview();
      await store.versions.refuse(version.id, { who: 'ben', comment: 'twice the usual' });
      const summary = await store.runs.summary(version.run ?? '');
      assert.deepEqual([summary?.state, summary?.accepted, summary?.held, summary?.quantity.held], ['refused', 0, 2, 12]);
      assert.deepEqual(
        summary?.exceptions.map(({ reason }) => reason),
        ['APPROVAL_REFUSED', 'APPROVAL_REFUSED'],
      );
      assert.equal((await shown(version.id)).state, 'refused');
      assert.equal((await store.jobs.counts(QUEUE)).staged, undefined);
    });

    it('refuses one product group: the baseline stands there, the rest is released', async () => {
      await imported([item('A', '5'), item('B', '7', 'Wood')], true);
      await released('2026-12-01');
      const version = await imported([item('A', '6'), item('B', '70', 'Wood')], false);
      await preview();
      const unknown = await store.versions.approve(version.id, { who: 'ben', comment: '' }, ['Metal']);
      assert.ok('refused' in unknown && unknown.because === 'missing');
      await store.versions.approve(version.id, { who: 'ben', comment: 'wood is wrong' }, ['Wood']);
      const { records } = await released('2026-12-01');
      assert.equal(records.length, 1);
      const summary = await store.runs.summary(version.run ?? '');
      assert.deepEqual(
        [summary?.state, summary?.accepted, summary?.held, summary?.applied],
        ['applied-with-exceptions', 1, 1, 1],
      );
      const [, wood] = await store.versions.items.all(version.id);
      assert.deepEqual([wood?.lines, wood?.periods[0]?.quantity], [0, '7']);
    });

    it('refuses to approve what a newer version has taken the place of', async () => {
      const older = await imported([item('A', '5')], false);
      await preview();
      await imported([item('A', '6')], true);
      await released('2026-12-01');
      const answer = await store.versions.approve(older.id, { who: 'ben', comment: '' });
      assert.ok('refused' in answer && /newer/.test(answer.refused));
    });

    /** A run that is accepted before another one, and judged once that one's version is released. */
    const late = async (automatic: boolean) => {
      await accepted(1, undefined, LATE);
      await sleep(5);
      const newer = await imported([item('A', '9')], true);
      await released('2026-12-01');
      const { staged } = await store.jobs.counts(QUEUE);
      return { newer, staged, late: await judged([item('A', '5')], automatic, { intake: LATE }) };
    };

    it('is overtaken where a forecast that was accepted later went to Odoo before it', async () => {
      const { late: version, newer, staged } = await late(true);
      const summary = await store.runs.summary(version.run ?? '');
      assert.deepEqual([summary?.state, summary?.applied, summary?.unchanged], ['applied', 0, 1]);
      assert.deepEqual([version.state, (await shown(newer.id)).state], ['superseded', 'released']);
      assert.match(version.why.join(), /accepted later/);
      assert.equal((await store.jobs.counts(QUEUE)).staged, staged);
      const again = await store.versions.releaseAgain(version.id, { who: 'ben', comment: '' });
      assert.ok('refused' in again && again.because === 'state' && /never released/.test(again.refused));
    });

    it('is left to a person to refuse where it waits for one, and was overtaken so', async () => {
      const { late: version, newer } = await late(false);
      await preview();
      assert.equal(version.state, 'awaiting-approval');
      const approved = await store.versions.approve(version.id, { who: 'ben', comment: '' });
      assert.ok('refused' in approved && approved.because === 'state' && approved.refused.includes(newer.id));
      const again = await store.versions.releaseAgain(version.id, { who: 'ben', comment: '' });
      assert.ok('refused' in again && again.because === 'state');
      await store.versions.refuse(version.id, { who: 'ben', comment: 'overtaken' });
    });

    it('expires, or is escalated once, when nobody decided in time', async () => {
      const expiring = await imported([item('A', '5')], false, undefined, 0);
      await preview();
      const [expired] = await store.versions.overdue(QUEUE, true);
      assert.deepEqual([expired?.id, expired?.state], [expiring.id, 'refused']);
      const summary = await store.runs.summary(expiring.run ?? '');
      assert.deepEqual([summary?.state, summary?.held], ['refused', 1]);

      const waiting = await imported([item('A', '5')], false, undefined, 0);
      await preview();
      const [escalated] = await store.versions.overdue(QUEUE, false);
      assert.deepEqual([escalated?.id, escalated?.state], [waiting.id, 'awaiting-approval']);
      assert.deepEqual(await store.versions.overdue(QUEUE, false), []);
      await store.versions.refuse(waiting.id, { who: 'ben', comment: 'no' });
    });

    it('takes the place of what a run left that broke off before it was judged', async () => {
      const run = { id: uuidv7(), interface: name, source: 'test' };
      await store.runs.begin(run);
      await store.runs.addPart(run.id, 0, [{ product: 'A' }]);
      await store.runs.accept(run, { lines: 1, contentHash: 'abc', queue: INTAKE, maxAttempts: 3 });
      const { lease } = await claim(INTAKE);
      const version = { interface: name, run: run.id, queue: QUEUE, purpose: 'baseline' as const, mappings: [], rules: [] };
      const first = await store.versions.keep(lease, version, [item('A', '5')]);
      const second = await store.versions.keep(lease, version, [item('A', '6')]);
      assert.equal(second, first);
      assert.deepEqual(await store.versions.items.all(second), [item('A', '6')]);
      await store.jobs.bury(lease, 'not needed');
      assert.equal((await shown(first)).state, 'refused');
    });
  });
}
