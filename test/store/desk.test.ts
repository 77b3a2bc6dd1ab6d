import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { FlowRecord } from '../../lib/canonical/marks.ts';
import type { Reason } from '../../lib/exceptions/catalogue.ts';
import { NEXT_OWNER } from '../../lib/exceptions/escalation.ts';
import { route } from '../../lib/exceptions/routing.ts';
import { nextRun } from '../../lib/intake/emission.ts';
import type { Acted } from '../../lib/store/desk/acts.ts';
import type { Store } from '../../lib/store/open.ts';
import { type OpenedStore, testStores } from '../support/stores.ts';

const ANN = { who: 'ann', comment: '' };
const HOUR = 3_600_000;
const INTAKE = 'forecast-receive:desk';

const held = (product: string, line: number, reason: Reason = 'NO_SUPPLY_SOURCE', location = 'WH') => {
  const refusal = {
    ...{ reason, line, product, location, stage: 'validation' as const, quantity: '2.5' },
    message: `${product} is neither made nor bought.`,
    record: { product, location, period: '2026-12', quantity: '2.5', $line: line },
  };
  return { ...refusal, ...route(refusal) };
};
const stood = (acted: Acted) => {
  assert.ok('exception' in acted, 'refused' in acted ? acted.refused : '');
  return acted.exception;
};
const refused = (acted: Acted) => ('refused' in acted ? acted.refused : assert.fail('it was not refused'));

for (const target of testStores()) {
  describe(`the exception desk on ${target.name}`, function () {
    this.timeout(60_000);
    let store: Store;
    let opened: OpenedStore;
    before(async () => {
      opened = await target.open();
      store = opened.store;
    });
    after(() => opened.end());
    afterEach(async () => {
      for (const { id } of await store.desk.list({}, 500)) await store.desk.resolve(id, { who: 'test', comment: 'done' });
      await store.desk.takeNotices();
    });

    /** A run of an interface whose lines are held, and that has ended. */
    const runWith = async (name: string, refusals: ReturnType<typeof held>[]): Promise<string> => {
      const run = { id: uuidv7(), interface: name, source: 'test' };
      await store.runs.begin(run);
      await store.runs.addPart(
        run.id,
        0,
        refusals.map(({ record }) => record),
      );
      const accepted = { lines: refusals.length, contentHash: 'abc', queue: INTAKE, maxAttempts: 3 };
      await store.runs.accept(run, accepted);
      const [job] = await store.jobs.claim(INTAKE, { owner: 'test', leaseSeconds: 60, limit: 1 });
      assert.ok(job);
      const quantity = String(refusals.length * 2.5);
      await store.runs.total(job.lease, 'validated', '0', { lines: refusals.length, quantity });
      await store.exceptions.add(refusals, run.id, job.lease);
      await store.runs.handOver(job.lease);
      assert.equal(await store.runs.release(job.lease), 'released');
      return run.id;
    };
    const entries = async (subject: string) =>
      (await opened.audit()).filter((entry) => entry.subject === subject).map(({ who, what }) => `${who}: ${what}`);

    it('shows one missing supplier as one exception, with its lines, quantity, products, runs and deadline', async () => {
      const weeks = Array.from({ length: 52 }, (_, week) => held('TYRE-28', week + 2));
      const run = await runWith('a', [...weeks, held('RIM-28', 60, 'UNKNOWN_PRODUCT', 'WH2')]);
      const other = await runWith('b', [held('TYRE-28', 2, 'NO_SUPPLY_SOURCE', 'WH2')]);
      const listed = await store.desk.list();
      assert.equal(listed.length, 2);
      const [tyre] = await store.desk.list({ owner: 'buyer' });
      assert.ok(tyre);
      const { reason, state, lines, quantity, products, locations, severity, isOverdue } = tyre;
      assert.deepEqual(
        { reason, state, lines, quantity, products, locations, severity, isOverdue },
        {
          ...{ reason: 'NO_SUPPLY_SOURCE', state: 'open', lines: 53, quantity: 132.5, severity: 'high', isOverdue: false },
          ...{ products: ['TYRE-28'], locations: ['WH', 'WH2'] },
        },
      );
      assert.deepEqual([...tyre.runs].sort(), [run, other].sort());
      assert.ok(Math.abs(tyre.deadlineAt - Date.now() - 24 * HOUR) < 60_000);
      assert.deepEqual(await store.desk.show(tyre.id), tyre);
      const first = await store.desk.lines(tyre.id, { limit: 50 });
      const rest = await store.desk.lines(tyre.id, { after: first.at(-1)?.id ?? '' });
      assert.deepEqual([first.length, rest.length, first[0]?.line, rest.at(-1)?.run], [50, 3, 2, other]);
      assert.deepEqual(
        (await store.desk.list({ run: other })).map(({ id }) => id),
        [tyre.id],
      );
      const [one] = listed;
      assert.deepEqual(
        (await store.desk.list({ after: one?.id })).map(({ id }) => id),
        [listed[1]?.id],
      );
    });

    it('lets it be acknowledged, wait, be reassigned and resolved, each with who did it, and nothing out of turn', async () => {
      await runWith('acts', [held('TYRE-28', 2), held('TYRE-28', 3)]);
      const [{ id } = { id: '' }] = await store.desk.list();
      assert.equal(stood(await store.desk.acknowledge(id, ANN)).state, 'acknowledged');
      assert.match(refused(await store.desk.acknowledge(id, ANN)), /acknowledged already/);
      const until = Date.now() + 100 * HOUR;
      const waiting = stood(await store.desk.wait(id, until, { who: 'ann', comment: 'the supplier answers on Friday' }));
      assert.deepEqual(
        [waiting.state, waiting.waitUntil, waiting.deadlineAt, waiting.comment],
        ['waiting', until, until, 'the supplier answers on Friday'],
      );
      const given = stood(await store.desk.reassign(id, 'planner', { who: 'ben', comment: 'not ours' }));
      assert.deepEqual([given.owner, given.state, given.waitUntil], ['planner', 'open', null]);
      const done = stood(await store.desk.resolve(id, { who: 'cy', comment: 'no longer made' }));
      assert.deepEqual([done.state, done.comment, done.lines], ['resolved', 'no longer made', 2]);
      assert.deepEqual(
        (await store.desk.lines(id)).map(({ state }) => state),
        ['resolved', 'resolved'],
      );
      assert.match(refused(await store.desk.resolve(id, ANN)), /resolved already/);
      assert.match(refused(await store.desk.redrive(id, ANN)), /resolved already/);
      assert.match(refused(await store.desk.reassign('none', 'planner', ANN)), /no exception none/);
      assert.deepEqual(await entries(id), [
        'ann: exception.acknowledged',
        'ann: exception.waits',
        'ben: exception.reassigned',
        'cy: exception.resolved',
      ]);
      assert.deepEqual(
        (await store.desk.list({ state: 'resolved' }, 1)).map((one) => one.id),
        [id],
      );
    });

    it('keeps what was done about an exception when its lines come again, and opens a new one once it was resolved', async () => {
      await runWith('again', [held('TYRE-28', 2)]);
      const [{ id } = { id: '' }] = await store.desk.list();
      await store.desk.acknowledge(id, ANN);
      await runWith('again', [held('TYRE-28', 2), held('TYRE-28', 3)]);
      const [kept] = await store.desk.list();
      assert.deepEqual([kept?.id, kept?.state, kept?.lines], [id, 'acknowledged', 2], 'those of the older run have expired');
      await store.desk.resolve(id, { who: 'ann', comment: 'done' });
      await runWith('again', [held('TYRE-28', 2)]);
      const [fresh] = await store.desk.list();
      assert.deepEqual([fresh?.id === id, fresh?.state, fresh?.lines], [false, 'open', 1]);
    });

    it('expires what a newer run of the interface has overtaken, and leaves other interfaces alone', async () => {
      await runWith('over', [held('OLD', 2), held('BOTH', 3)]);
      await runWith('elsewhere', [held('OTHER', 2)]);
      const [old] = (await store.desk.list()).filter(({ products }) => products[0] === 'OLD');
      await runWith('over', [held('BOTH', 2)]);
      assert.deepEqual((await store.desk.list()).map(({ products, lines }) => [products[0], lines]).sort(), [
        ['BOTH', 1],
        ['OTHER', 1],
      ]);
      const gone = await store.desk.show(old?.id ?? '');
      assert.deepEqual([gone?.state, gone?.lines], ['expired', 1]);
      assert.match(gone?.comment ?? '', /newer run has reached Odoo/);
      assert.deepEqual(await entries(old?.id ?? ''), ['planbridge: exception.expired']);
    });

    it('goes to the next owner when its time is over, once each, and never in a circle', async () => {
      await runWith('late', [held('TYRE-28', 2)]);
      await store.desk.takeNotices();
      const next = { ...NEXT_OWNER, integration: 'buyer' as const };
      await store.desk.escalate(next);
      assert.deepEqual(await store.desk.takeNotices(), [], 'it has time');
      const seen: unknown[] = [];
      for (let day = 1; day < 6; day++) {
        const now = Date.now() + day * 25 * HOUR;
        await Promise.all([store.desk.escalate(next, now), store.desk.escalate(next, now)]);
        for (const { what, exception } of await store.desk.takeNotices())
          seen.push([what, exception.owner, exception.escalatedFrom.join()]);
      }
      assert.deepEqual(seen, [
        ['escalated', 'planner', 'buyer'],
        ['escalated', 'integration', 'buyer,planner'],
        ['overdue', 'integration', 'buyer,planner'],
      ]);
    });

    it('takes what several runs raise at once, in whatever order, while people act on it', async () => {
      const products = Array.from({ length: 40 }, (_, at) => `P${at}`);
      const raise = async (name: string, order: readonly string[]) => {
        const run = { id: uuidv7(), interface: name, source: 'test' };
        await store.runs.begin(run);
        for (const round of [0, 1, 2])
          await store.exceptions.add(
            order.map((product, at) => held(product, 100 * round + at)),
            run.id,
          );
      };
      const resolving = async () => {
        for (const { id } of await store.desk.list({}, 20)) await store.desk.resolve(id, { who: 'ann', comment: 'done' });
      };
      await raise('one', products.slice(0, 20));
      await Promise.all([
        raise('two', products),
        raise('three', products.toReversed()),
        resolving(),
        store.desk.escalate(NEXT_OWNER, Date.now() + 30 * HOUR),
        store.desk.tend(),
      ]);
      const live = await store.desk.list({}, 500);
      const fingerprints = new Set(live.map(({ fingerprint }) => fingerprint));
      assert.equal(fingerprints.size, live.length, 'one exception of a cause');
      for (const { lines } of live) assert.ok(lines > 0);
    });

    it('opens again what has waited long enough', async () => {
      await runWith('waits', [held('TYRE-28', 2)]);
      const [{ id } = { id: '' }] = await store.desk.list();
      await store.desk.wait(id, Date.now() - 1, ANN);
      await store.desk.tend();
      assert.equal((await store.desk.show(id))?.state, 'open');
    });

    it('tells of each change once', async () => {
      await runWith('told', [held('TYRE-28', 2), held('RIM-28', 3)]);
      const both = await Promise.all([store.desk.takeNotices(), store.desk.takeNotices()]);
      assert.deepEqual(
        both
          .flat()
          .map(({ what, exception }) => `${what} ${exception.products}`)
          .sort(),
        ['new RIM-28', 'new TYRE-28'],
      );
      const [{ id } = { id: '' }] = await store.desk.list();
      await store.desk.resolve(id, { who: 'ann', comment: 'bought' });
      assert.deepEqual(
        (await store.desk.takeNotices()).map(({ what, exception }) => [what, exception.comment]),
        [['resolved', 'bought']],
      );
    });

    it('confirms lines that deviate when a person has a run given again that keeps no version', async () => {
      await runWith('confirmed', [held('TYRE-28', 2, 'DEVIATION_EXCEEDED'), held('RIM-28', 3)]);
      const [cause] = await store.desk.list({ reason: 'DEVIATION_EXCEEDED' });
      const came = await store.desk.redrive(cause?.id ?? '', ANN);
      assert.ok(!('refused' in came) && came.runs?.some((one) => 'replayed' in one));
      const emitted = await nextRun(store, { queue: INTAKE, owner: 'test', leaseSeconds: 60 });
      const rows: FlowRecord[] = [];
      for await (const part of emitted?.parts() ?? []) rows.push(...part.rows);
      assert.deepEqual(
        rows.map(({ $line, $confirmed }) => [$line, $confirmed]),
        [
          [2, 'ann'],
          [3, undefined],
        ],
      );
      await store.jobs.bury(emitted?.lease ?? assert.fail(), 'not needed');
    });

    it('gives its lines again under their run, and is resolved by the name of what mended it', async () => {
      const run = await runWith('given', [held('TYRE-28', 2), held('RIM-28', 3), held('RIM-28', 4)]);
      const found = [];
      for await (const some of store.desk.mendable(['NO_SUPPLY_SOURCE'], 'given')) found.push(...some);
      assert.deepEqual(found.map(({ records }) => records.map(({ $line }) => $line)).sort(), [
        [2, 2],
        [3, 4],
      ]);
      for await (const none of store.desk.mendable(['NO_SUPPLY_SOURCE'], 'elsewhere')) assert.deepEqual(none, []);
      const [rim] = found.filter(({ records }) => records[0]?.product === 'RIM-28');
      assert.ok(rim);
      const came = await store.desk.redriveMended([{ ...rim, words: 'Supplier added: RIM-28.' }], 'exception-desk:1');
      assert.equal(came.length, 1);
      const exception = await store.desk.show(rim.id);
      assert.deepEqual([exception?.state, exception?.comment], ['resolved', 'Supplier added: RIM-28.']);
      assert.deepEqual(await entries(rim.id), ['exception-desk:1: exception.resolved']);
      assert.equal((await store.runs.summary(run))?.state, 'received');
      // It is on its way: nothing that it cleared is taken for mended.
      const [job] = await store.jobs.claim(INTAKE, { owner: 'test', leaseSeconds: 60, limit: 1 });
      assert.ok(job);
      await store.runs.restart(job.lease);
      await store.desk.tend();
      const [tyre] = await store.desk.list();
      assert.deepEqual([tyre?.products, tyre?.lines], [['TYRE-28'], 0]);
      await store.exceptions.add([held('TYRE-28', 2)], run, job.lease);
      assert.deepEqual(
        (await store.desk.list()).map(({ id, lines }) => [id, lines]),
        [[tyre?.id, 1]],
      );
      await store.jobs.bury(job.lease, 'not needed');
    });
  });
}
