import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Held } from '../../lib/store/context.ts';
import type { RoutedRefusal } from '../../lib/store/exceptions.ts';
import type { Store } from '../../lib/store/open.ts';
import { testStores } from '../support/stores.ts';

const QUEUE = 'intake:test';

function refusal(line: number, disposition: 'held' | 'rejected' | 'warning', more: Partial<RoutedRefusal> = {}): RoutedRefusal {
  const reason = { held: 'UNKNOWN_PRODUCT', rejected: 'NEGATIVE_QUANTITY', warning: 'INSIDE_LEAD_TIME' } as const;
  const record = { product: `P${line}`, $line: line };
  const route = { owner: 'planner', action: 'mend it', severity: 'low', deadlineHours: 24 } as const;
  return {
    reason: reason[disposition],
    message: 'why',
    stage: 'validation',
    record,
    line,
    quantity: '1.5',
    disposition,
    ...route,
    ...more,
  };
}

for (const target of testStores()) {
  describe(`runs on ${target.name}`, function () {
    this.timeout(30_000);
    let opened: Awaited<ReturnType<typeof target.open>>;
    let store: Store;
    before(async () => {
      opened = await target.open();
      store = opened.store;
    });
    after(() => opened.end());

    const accept = async (lines: number) => {
      const run = { id: uuidv7(), interface: 'forecast-import', source: 'test' };
      await store.runs.begin(run);
      await store.runs.addPart(run.id, 0, [{ product: 'A', ['__proto__']: 'x', $line: 2 }]);
      await store.runs.accept(run, { lines, contentHash: 'abc', queue: QUEUE, maxAttempts: 3 });
      return run.id;
    };
    const claim = async (leaseSeconds = 60) => {
      const [job] = await store.jobs.claim(QUEUE, { owner: 'test', leaseSeconds, limit: 1 });
      assert.ok(job, 'nothing to claim');
      return job;
    };
    const counted = async (lease: Held, { validated, accepted }: { validated: number; accepted: number }) => {
      await store.runs.total(lease, 'validated', '0', { lines: validated, quantity: String(validated * 1.5) });
      await store.runs.total(lease, 'accepted', '0', { lines: accepted, quantity: String(accepted * 1.5) });
    };

    it('shows a run only once it is accepted, and forgets one that is discarded', async () => {
      const run = { id: uuidv7(), interface: 'forecast-import', source: 'test' };
      await store.runs.begin(run);
      await store.runs.addPart(run.id, 0, [{ a: 1 }]);
      assert.equal(await store.runs.summary(run.id), undefined);
      await store.runs.discard(run.id);
      assert.deepEqual(await store.runs.part(run.id, 0), []);
      assert.deepEqual(await store.jobs.claim(QUEUE, { owner: 'test', leaseSeconds: 60, limit: 1 }), []);
    });

    it('gives the rows back as they came, a column called __proto__ among them', async () => {
      const run = await accept(1);
      const [row] = await store.runs.part(run, 0);
      assert.deepEqual(Object.entries(row ?? {}), [
        ['product', 'A'],
        ['__proto__', 'x'],
        ['$line', 2],
      ]);
      assert.equal(Object.getPrototypeOf(row), Object.prototype);
      await store.jobs.bury((await claim()).lease, 'not needed');
    });

    it('releases what was staged only when handed over and every line is accounted for', async () => {
      const run = await accept(4);
      const { lease } = await claim();
      const write = {
        queue: 'odoo-write:test',
        kind: 'odoo-write',
        key: `${run}/0`,
        run,
        payload: { records: [{ a: 1 }] },
        maxAttempts: 3,
      };
      await store.jobs.add([write], lease);
      const writes = () => store.jobs.claim('odoo-write:test', { owner: 'test', leaseSeconds: 60, limit: 10 });
      assert.deepEqual(await writes(), [], 'a staged job was claimed');
      await counted(lease, { validated: 3, accepted: 1 });
      assert.equal(await store.runs.release(lease), 'waiting', 'released before the hand-over');
      await store.runs.handOver(lease);
      await store.exceptions.add([refusal(2, 'held'), refusal(3, 'rejected'), refusal(4, 'warning')], run, lease);
      assert.equal(await store.runs.release(lease), 'waiting', 'released with a line missing');
      assert.match((await store.runs.summary(run))?.error ?? '', /received 4 lines, accepted 1, held 1, rejected 1/);
      await store.exceptions.add([refusal(5, 'rejected', { reason: 'MALFORMED', stage: 'mapping' })], run, lease);
      assert.equal(await store.runs.release(lease), 'released');
      const [job] = await writes();
      assert.ok(job);
      assert.equal((await store.runs.summary(run))?.state, 'applying');
      await store.jobs.succeed(job.lease, {
        result: {},
        totals: { applied: { lines: 1, quantity: '1.5', records: 0 }, created: { lines: 0, quantity: '0', records: 1 } },
      });
      const summary = await store.runs.summary(run);
      const { state, received, accepted, held, rejected, applied, created, dead, quantity, exceptionCount } = summary ?? {};
      assert.deepEqual(
        { state, received, accepted, held, rejected, applied, created, dead, quantity, exceptionCount },
        {
          state: 'applied-with-exceptions',
          received: 4,
          accepted: 1,
          held: 1,
          rejected: 2,
          applied: 1,
          created: 1,
          dead: 0,
          quantity: { received: 6, accepted: 1.5, held: 1.5, rejected: 3 },
          exceptionCount: 4,
        },
      );
    });

    it('does not release when the quantities differ though the lines add up', async () => {
      const run = await accept(1);
      const { lease } = await claim();
      await store.runs.total(lease, 'validated', '0', { lines: 1, quantity: '10' });
      await store.runs.total(lease, 'accepted', '0', { lines: 1, quantity: '9.9' });
      await store.runs.handOver(lease);
      assert.equal(await store.runs.release(lease), 'waiting');
      assert.match((await store.runs.summary(run))?.error ?? '', /quantity of 10, of which 9.9/);
      await store.jobs.bury(lease, 'Its lease ran out three times.');
      const failed = await store.runs.summary(run);
      assert.equal(failed?.state, 'failed');
      assert.match(failed?.error ?? '', /three times.*quantity of 10/);
    });

    it('counts the same exception once, however often it comes', async () => {
      const run = await accept(1);
      const { lease } = await claim();
      for (let time = 0; time < 3; time++) await store.exceptions.add([refusal(2, 'held')], run, lease);
      assert.equal((await store.runs.summary(run))?.held, 1);
      await store.jobs.bury(lease, 'not needed');
    });

    it('begins a run anew when its lease ran out, and takes nothing more from the earlier worker', async () => {
      const run = await accept(1);
      const late = await claim();
      await counted(late.lease, { validated: 1, accepted: 1 });
      await store.exceptions.add([refusal(2, 'held')], run, late.lease);
      await store.jobs.add(
        [{ queue: 'odoo-write:late', kind: 'odoo-write', key: `${run}/0`, run, payload: { records: [{}] }, maxAttempts: 3 }],
        late.lease,
      );
      await store.jobs.heartbeat(late.lease, -1);
      const next = await claim();
      assert.equal(next.id, late.id);
      assert.equal(next.cutOff, 1);
      for (const work of [
        () => counted(late.lease, { validated: 1, accepted: 1 }),
        () => store.exceptions.add([refusal(2, 'held')], run, late.lease),
        () => store.jobs.add([{ queue: 'q', kind: 'k', key: 'x', payload: {}, maxAttempts: 1 }], late.lease),
        () => store.runs.handOver(late.lease),
        () => store.runs.release(late.lease),
        () => store.jobs.heartbeat(late.lease, 60),
      ])
        await assert.rejects(work, { code: 'stale-lease' });
      await store.runs.restart(next.lease);
      const summary = await store.runs.summary(run);
      assert.deepEqual([summary?.accepted, summary?.held], [0, 0]);
      assert.equal(summary?.exceptionCount, 0);
      await counted(next.lease, { validated: 1, accepted: 0 });
      await store.exceptions.add([refusal(2, 'held')], run, next.lease);
      await store.runs.handOver(next.lease);
      assert.equal(await store.runs.release(next.lease), 'released');
      assert.equal((await store.runs.summary(run))?.state, 'applied-with-exceptions');
      assert.deepEqual(
        await store.jobs.claim('odoo-write:late', { owner: 'test', leaseSeconds: 60, limit: 1 }),
        [],
        'the earlier attempt left a job',
      );
    });

    describe('what comes of its refusals after it was released', () => {
      const QUEUE_OF_WRITES = 'odoo-write:released';
      const conflict = (line: number) =>
        refusal(line, 'held', { reason: 'KEY_CONFLICT', disposition: 'dead', stage: 'delivery', message: 'used before' });
      /** A run of one accepted line that is released, though its key was used before, so that its line counts as dead. */
      const released = async () => {
        const run = await accept(1);
        const { lease } = await claim();
        const job = { queue: QUEUE_OF_WRITES, kind: 'odoo-write', key: `${run}/0`, maxAttempts: 1 };
        await store.jobs.add([{ ...job, payload: { records: ['other'] } }]);
        await counted(lease, { validated: 1, accepted: 1 });
        assert.deepEqual(await store.jobs.add([{ ...job, run, payload: { records: [{}] } }], lease), [job.key]);
        await store.runs.handOver(lease);
        assert.equal(await store.runs.release(lease), 'released');
        return { run, lease };
      };

      it('is kept and audited where no total waits for it: warnings, and conflicts of keys', async () => {
        const { run, lease } = await released();
        const late = [refusal(2, 'warning'), conflict(3)];
        for (let time = 0; time < 2; time++) await store.exceptions.add(late, run, lease);
        assert.deepEqual(
          (await store.exceptions.list({ run })).map(({ reason }) => reason),
          ['INSIDE_LEAD_TIME', 'KEY_CONFLICT'],
        );
        const told = (await opened.audit()).filter(({ what, subject }) => what === 'exceptions.raised' && subject === run);
        assert.equal(told.length, 1);
        const { accepted, dead } = (await store.runs.summary(run)) ?? {};
        assert.deepEqual({ accepted, dead }, { accepted: 1, dead: 1 });
      });

      it('is refused where it would be counted', async () => {
        const { run, lease } = await released();
        const late = [refusal(2, 'warning'), refusal(3, 'held')];
        await assert.rejects(() => store.exceptions.add(late, run, lease), { code: 'stale-lease' });
      });

      it('is refused once the run is given to the flow again', async () => {
        const { run, lease } = await released();
        const late = () => store.exceptions.add([refusal(2, 'warning')], run, lease);
        await store.runs.replay(run, 'anna');
        await assert.rejects(late, { code: 'stale-lease' });
        const again = await claim();
        await store.runs.restart(again.lease);
        await assert.rejects(late, { code: 'stale-lease' });
        await counted(again.lease, { validated: 1, accepted: 0 });
        await store.exceptions.add([refusal(2, 'held')], run, again.lease);
        await store.runs.handOver(again.lease);
        assert.equal(await store.runs.release(again.lease), 'released');
        await assert.rejects(late, { code: 'stale-lease' });
        assert.deepEqual(
          (await store.exceptions.list({ run })).map(({ disposition }) => disposition),
          ['held'],
        );
      });
    });

    it('keeps the lease of a run that goes on', async () => {
      await accept(1);
      const { lease } = await claim(-1);
      await store.runs.total(lease, 'validated', '0', { lines: 1, quantity: '1' });
      assert.deepEqual(await store.jobs.claim(QUEUE, { owner: 'other', leaseSeconds: 60, limit: 1 }), []);
      await store.jobs.bury(lease, 'not needed');
    });

    const IMBALANCES = {
      'a line that nobody accounts for': {
        lines: 4,
        counted: { validated: 3, accepted: 3 },
        staged: 3,
        refusals: [],
        words: /received 4 lines, accepted 3, held 0, rejected 0/,
      },
      'a line too many': {
        lines: 3,
        counted: { validated: 3, accepted: 3 },
        staged: 3,
        refusals: [refusal(9, 'held')],
        words: /received 3 lines, accepted 3, held 1, rejected 0/,
      },
      'a quantity that validation took in and did not give out': {
        lines: 3,
        counted: { validated: 3, accepted: 2 },
        staged: 2,
        refusals: [refusal(2, 'held', { quantity: '1.4' })],
        words: /validated a quantity of 4.5, of which 4.4 was accepted, held or rejected/,
      },
      'accepted lines that were not handed over to be written': {
        lines: 3,
        counted: { validated: 3, accepted: 3 },
        staged: 2,
        refusals: [],
        words: /accepted 3 lines, of which 2 were handed over to be written and 0 could not be/,
      },
      'lines handed over twice': {
        lines: 3,
        counted: { validated: 3, accepted: 3 },
        staged: 4,
        refusals: [],
        words: /accepted 3 lines, of which 4 were handed over/,
      },
    };
    for (const [what, { lines, counted: totals, staged, refusals, words }] of Object.entries(IMBALANCES))
      it(`does not release a run with ${what}, and fails it in words`, async () => {
        const run = await accept(lines);
        const { lease } = await claim();
        const records = [{ $source: { lines: staged, quantity: '1' } }];
        const queue = `odoo-write:${run}`;
        await counted(lease, totals);
        await store.jobs.add([{ queue, kind: 'odoo-write', key: `${run}/0`, run, payload: { records }, maxAttempts: 3 }], lease);
        await store.exceptions.add(refusals, run, lease);
        await store.runs.handOver(lease);
        assert.equal(await store.runs.release(lease), 'waiting');
        assert.match((await store.runs.summary(run))?.error ?? '', words);
        assert.equal((await store.runs.summary(run))?.state, 'received');
        await store.jobs.retry(lease, { error: 'forecast-target broke', delayMs: 0, countAttempt: true });
        await store.jobs.bury((await claim()).lease, 'No more attempts');
        const failed = await store.runs.summary(run);
        assert.equal(failed?.state, 'failed');
        assert.match(failed?.error ?? '', /^No more attempts\. forecast-target broke\. Control totals do not add up: /);
        assert.match(failed?.error ?? '', words);
        assert.deepEqual(await store.jobs.counts(queue), {}, 'a job of a failed run was left');
      });

    it('lets what a run stages after a later one stand before it, and after it where the run is replayed', async () => {
      const runs: string[] = [];
      const leases: Record<string, Held> = {};
      for (let at = 0; at < 3; at++) {
        const run = await accept(1);
        runs.push(run);
        leases[run] = (await claim()).lease;
        await sleep(2);
      }
      const [first = '', second = '', third = ''] = runs;
      const queue = `odoo-write:${first}`;
      const stage = async (run: string, lease = leases[run]) => {
        assert.ok(lease);
        await counted(lease, { validated: 1, accepted: 1 });
        const key = await store.runs.key(run);
        await store.jobs.add([{ queue, kind: 'w', key, run, payload: { records: [{}] }, maxAttempts: 1 }], lease);
        await store.runs.handOver(lease);
        assert.equal(await store.runs.release(lease), 'released');
        const [write] = await store.jobs.claim(queue, { owner: 'test', leaseSeconds: 60, limit: 1 });
        return write ?? assert.fail('there is no job');
      };
      const last = await stage(third);
      await store.jobs.succeed(last.lease, { result: { done: 1 } });
      const later = await stage(second);
      await store.jobs.succeed(later.lease, { result: { done: 2 } });
      // It broke off, and comes again.
      const again = await stage(first);
      assert.deepEqual(await store.jobs.finishedSince(again), [
        { id: later.id, result: { done: 2 } },
        { id: last.id, result: { done: 1 } },
      ]);
      await store.jobs.succeed(again.lease, { result: {} });
      await store.runs.replay(first, 'anna');
      const replayed = await stage(first, (await claim()).lease);
      assert.deepEqual(await store.jobs.finishedSince(replayed), []);
      await store.jobs.succeed(replayed.lease, { result: {} });
    });

    it('accepts one run under a key, whoever is first, and answers it to all', async () => {
      const key = uuidv7();
      const begin = async () => {
        const run = { id: uuidv7(), interface: 'forecast-import', source: 'plan.csv' };
        await store.runs.begin(run);
        await store.runs.addPart(run.id, 0, [{ product: 'A' }]);
        return store.runs.accept(run, { lines: 1, contentHash: 'abc', queue: `keyed:${key}`, maxAttempts: 3, key });
      };
      assert.equal(await store.runs.acceptedUnder(`keyed:${key}`, key), undefined);
      const [first, ...others] = await Promise.all([begin(), begin(), begin()]);
      assert.deepEqual(others, [first, first]);
      assert.deepEqual(await store.runs.acceptedUnder(`keyed:${key}`, key), first);
      assert.deepEqual(await store.jobs.counts(`keyed:${key}`), { pending: 1 });
    });

    it('counts the lines of a part as dead whose key has other content already', async () => {
      const run = await accept(5);
      const { lease } = await claim();
      await counted(lease, { validated: 5, accepted: 5 });
      const stage = (lines: number, name: string) => {
        const payload = { records: [{ name, $source: { lines, quantity: '1' } }] };
        return store.jobs.add([{ queue: `odoo-write:${run}`, kind: 'w', key: `${run}/0`, run, payload, maxAttempts: 3 }], lease);
      };
      assert.deepEqual(await stage(3, 'first'), []);
      for (let again = 0; again < 2; again++) assert.deepEqual(await stage(2, 'second'), [`${run}/0`]);
      await store.runs.handOver(lease);
      assert.equal(await store.runs.release(lease), 'released');
      assert.equal((await store.runs.summary(run))?.dead, 2);
    });

    it('waits for the exceptions of records that could not be mapped for Odoo, and counts their lines as dead', async () => {
      const run = await accept(5);
      const { lease } = await claim();
      await counted(lease, { validated: 5, accepted: 5 });
      const records = [{ $source: { lines: 3, quantity: '4.5' } }];
      await store.jobs.add([{ queue: 'odoo-write:dead', kind: 'w', key: run, run, payload: { records }, maxAttempts: 3 }], lease);
      await store.runs.handOver(lease);
      assert.equal(await store.runs.release(lease), 'waiting');
      const unmapped = refusal(0, 'held', {
        reason: 'UNMAPPED',
        stage: 'delivery',
        disposition: 'dead',
        record: { product: 'A', $source: { lines: 2, quantity: '3' } },
      });
      await store.exceptions.add([unmapped], run, lease);
      assert.equal(await store.runs.release(lease), 'released');
      assert.equal((await store.runs.summary(run))?.dead, 2);
    });

    it('closes a run once, when the last of its jobs ends, also when two end at the same time', async () => {
      const run = await accept(2);
      const { lease } = await claim();
      await counted(lease, { validated: 2, accepted: 2 });
      const queue = `odoo-write:${run}`;
      const jobs = ['0', '1'].map((part) => ({
        queue,
        kind: 'odoo-write',
        key: `${run}/${part}`,
        run,
        payload: { records: [{ part }] },
        maxAttempts: 3,
      }));
      await store.jobs.add(jobs, lease);
      await store.runs.handOver(lease);
      assert.equal(await store.runs.release(lease), 'released');
      const claimed = await store.jobs.claim(queue, { owner: 'test', leaseSeconds: 60, limit: 10 });
      const applied = { applied: { lines: 1, quantity: '1', records: 1 } };
      assert.equal(claimed.length, 2);
      await Promise.all(claimed.map((job) => store.jobs.succeed(job.lease, { result: {}, totals: applied })));
      const summary = await store.runs.summary(run);
      assert.deepEqual([summary?.state, summary?.applied], ['applied', 2]);
    });

    it('makes each record of a write job that is given up a dead letter of its own, and counts its lines', async () => {
      const run = await accept(2);
      const { lease } = await claim();
      await counted(lease, { validated: 2, accepted: 2 });
      const queue = `odoo-write:${run}`;
      const records = [{ a: 1 }, { a: 2 }];
      await store.jobs.add([{ queue, kind: 'odoo-write', key: run, run, payload: { records }, maxAttempts: 1 }], lease);
      await store.runs.handOver(lease);
      await store.runs.release(lease);
      const [write] = await store.jobs.claim(queue, { owner: 'test', leaseSeconds: 60, limit: 1 });
      assert.ok(write);
      const error = 'Odoo said no for days';
      const dead = records.map((record) => ({ record, error, fingerprint: 'F', progress: { idle: true } }));
      const totals = { refused: { lines: 2, quantity: '3', records: 2 } };
      await store.jobs.bury(write.lease, error, { result: { refused: 2 }, dead, totals });
      const summary = await store.runs.summary(run);
      assert.deepEqual([summary?.state, summary?.dead, summary?.applied], ['applied-with-exceptions', 2, 0]);
      const letters = await store.deadLetters.list({ run });
      assert.deepEqual(
        letters.map(({ error, parent, payload }) => ({ error, parent, payload })).toReversed(),
        records.map((record) => ({ error, parent: write.id, payload: { records: [record] } })),
      );
      // Given up once more, it is counted once.
      await store.deadLetters.replay({ ids: letters.slice(0, 1).map(({ id }) => id) }, { who: 'anna' });
      const [again] = await store.jobs.claim(queue, { owner: 'test', leaseSeconds: 60, limit: 1 });
      assert.deepEqual([again?.progress, (await store.runs.summary(run))?.dead], [[{ idle: true }], 1]);
      assert.ok(again);
      const one = { refused: { lines: 1, quantity: '1.5', records: 1 } };
      await store.jobs.bury(again.lease, error, { result: {}, dead: dead.slice(1), totals: one });
      assert.equal((await store.runs.summary(run))?.dead, 2);
      assert.equal((await store.deadLetters.list({ run })).length, 2);
      await store.deadLetters.replay({ run }, { who: 'anna' });
      assert.equal((await store.runs.summary(run))?.dead, 0);
    });

    it('counts a dead letter that is replayed as what becomes of it, and adds up all the time', async () => {
      const run = await accept(2);
      const { lease } = await claim();
      await counted(lease, { validated: 2, accepted: 2 });
      const queue = `odoo-write:${run}`;
      const record = (at: number) => ({ at, $source: { lines: 1, quantity: '1.5' } });
      const payload = { records: [record(0), record(1)] };
      await store.jobs.add([{ queue, kind: 'odoo-write', key: run, run, payload, maxAttempts: 1 }], lease);
      await store.runs.handOver(lease);
      await store.runs.release(lease);
      const next = async () => (await store.jobs.claim(queue, { owner: 'test', leaseSeconds: 60, limit: 1 }))[0]!;
      const one = { lines: 1, quantity: '1.5', records: 1 };
      const dead = [{ record: record(1), error: 'no', fingerprint: 'f' }];
      const state = async () => {
        const summary = await store.runs.summary(run);
        return [summary?.state, summary?.applied, summary?.dead];
      };
      await store.jobs.succeed((await next()).lease, { result: {}, dead, totals: { applied: one, refused: one } });
      assert.deepEqual(await state(), ['applied-with-exceptions', 1, 1]);
      await store.deadLetters.replay({ run }, { who: 'anna' });
      assert.deepEqual(await state(), ['applying', 1, 0]);
      await store.jobs.succeed((await next()).lease, { result: {}, dead, totals: { refused: one } });
      assert.deepEqual(await state(), ['applied-with-exceptions', 1, 1], 'it died again');
      await store.deadLetters.replay({ run }, { who: 'anna' });
      await store.jobs.succeed((await next()).lease, { result: {}, totals: { applied: one } });
      assert.deepEqual(await state(), ['applied', 2, 0]);
    });

    it('refuses to accept a run twice', async () => {
      const run = { id: await accept(1), interface: 'forecast-import', source: 'test' };
      const again = { lines: 1, contentHash: 'abc', queue: QUEUE, maxAttempts: 3 };
      await assert.rejects(() => store.runs.accept(run, again), /accepted before/);
      await store.jobs.bury((await claim()).lease, 'not needed');
    });

    it('takes rows that share no columns, NUL in every text, and lines without a number', async () => {
      const run = { id: uuidv7(), interface: 'forecast-import', source: 'test' };
      await store.runs.begin(run);
      const rows = Array.from({ length: 1_000 }, (_, at) => ({ [`a${at}`]: 'x\u0000', [`b${at}`]: at, $line: at }));
      await store.runs.addPart(run.id, 0, rows);
      assert.deepEqual(await store.runs.part(run.id, 0), rows);
      await store.runs.accept(run, { lines: 3, contentHash: 'abc', queue: QUEUE, maxAttempts: 3 });
      const nul = refusal(3, 'rejected', { product: 'P\u0000', message: 'a NUL: \u0000', record: { product: 'P\u0000' } });
      const { line: _, ...lineless } = refusal(1, 'held');
      await store.exceptions.add([lineless, refusal(8, 'held'), nul], run.id);
      const summary = await store.runs.summary(run.id);
      assert.deepEqual(
        summary?.exceptions.map(({ line }) => line),
        [3, 8, null],
      );
      assert.equal(summary?.exceptions[0]?.product, 'P\ufffd');
      await store.jobs.bury((await claim()).lease, 'not needed');
    });
  });
}
