/** Large runs and large jobs: nothing stands still meanwhile, and the summary stays quick. */
import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import type { RoutedRefusal } from '../../lib/store/exceptions.ts';
import type { Store } from '../../lib/store/open.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import { longestStall, ownStall } from '../support/stall.ts';
import { testStores } from '../support/stores.ts';

const LONGEST_STALL = 50;
const MANY = 100_000;

for (const target of testStores()) {
  // PGlite runs its database in this process, in stretches that are not ours.
  if (target.name === 'PGlite') continue;
  describe(`a large run on ${target.name}`, function () {
    this.timeout(180_000);
    let store: Store;
    let end: () => Promise<void>;
    const run = { id: uuidv7(), interface: 'forecast-import', source: 'test' };
    before(async () => {
      ({ store, end } = await target.open());
      await store.runs.begin(run);
      await store.runs.addPart(run.id, 0, [{ product: 'A' }]);
      await store.runs.accept(run, { lines: MANY, contentHash: 'abc', queue: 'intake', maxAttempts: 3 });
    });
    after(() => end());

    it('keeps a version of 100,000 lines and gives it back, and nothing stands still', async () => {
      const [job] = await store.jobs.claim('intake', { owner: 'test', leaseSeconds: 600, limit: 1 });
      assert.ok(job);
      const items = Array.from(
        { length: 90 },
        (_, at): VersionItem => ({
          product: `P${at}`,
          location: 'WH',
          group: 'All',
          uom: 'Units',
          lines: 1_144,
          sent: '1144',
          periods: Array.from({ length: 52 }, (_, week) => ({
            period: `2027-W${String(week + 1).padStart(2, '0')}`,
            quantity: '22',
            lines: Array.from(
              { length: 22 },
              (_, line) => [at * 1_144 + week * 22 + line, '1', `C${line}`] as [number, string, string],
            ),
          })),
        }),
      );
      const head = {
        interface: 'forecast-import',
        run: run.id,
        queue: 'approve',
        purpose: 'baseline' as const,
        mappings: [],
        rules: [],
      };
      let id = '';
      const keeping = await longestStall(async () => {
        id = await store.versions.keep(job.lease, head, items);
      });
      assert.ok(keeping < LONGEST_STALL, `keeping stood still for ${keeping} ms`);
      let read: VersionItem[] = [];
      const reading = await longestStall(async () => {
        read = await store.versions.items.all(id);
      });
      assert.ok(reading < LONGEST_STALL, `reading stood still for ${reading} ms`);
      assert.deepEqual([read.length, read.reduce((total, { lines }) => total + lines, 0)], [90, 90 * 1_144]);
      await store.jobs.retry(job.lease, { delayMs: 0, countAttempt: false });
    });

    it('stores 100,000 exceptions, shows them, by line and by cause, and clears them, and nothing stands still', async () => {
      const refusals = Array.from(
        { length: MANY },
        (_, at): RoutedRefusal => ({
          reason: 'UNKNOWN_PRODUCT',
          message: `Odoo has no product "P${at % 45}". Create it, or correct its internal reference.`,
          stage: 'validation',
          disposition: 'held',
          owner: 'master-data',
          action: 'Create the product in Odoo, or correct its internal reference.',
          severity: 'high',
          deadlineHours: 24,
          record: { product: `P${at % 45}`, location: 'WH', period: '2026-W50', quantity: '1.5', uom: 'Units', $line: at + 2 },
          line: MANY + 1 - at,
          quantity: '1.5',
          product: `P${at % 45}`,
          location: 'WH',
          period: '2026-W50',
        }),
      );
      const [job] = await store.jobs.claim('intake', { owner: 'test', leaseSeconds: 600, limit: 1 });
      assert.ok(job);
      const stalled = await ownStall(
        LONGEST_STALL,
        () => store.exceptions.add(refusals, run.id, job.lease),
        () => store.runs.restart(job.lease),
      );
      assert.ok(stalled < LONGEST_STALL, `storing stood still for ${stalled} ms`);

      await store.runs.summary(run.id);
      let summary: RunSummary | undefined;
      const counted = await longestStall(async () => {
        summary = await store.runs.summary(run.id);
      });
      assert.ok(counted < LONGEST_STALL, `the summary stood still for ${counted} ms`);
      assert.deepEqual([summary?.exceptionCount, summary?.held, summary?.quantity.held], [MANY, MANY, MANY * 1.5]);
      assert.deepEqual(
        summary?.exceptions.map(({ line }) => line),
        Array.from({ length: 100 }, (_, at) => at + 2),
      );

      const looked = await longestStall(async () => {
        const [first] = await store.desk.list({ run: run.id });
        assert.equal(first?.lines, Math.ceil(MANY / 45));
        assert.ok('exception' in (await store.desk.resolve(first?.id ?? '', { who: 'ann', comment: 'made' })));
      });
      assert.ok(looked < LONGEST_STALL, `the desk stood still for ${looked} ms`);

      const cleared = await longestStall(() => store.runs.restart(job.lease));
      assert.ok(cleared < LONGEST_STALL, `clearing stood still for ${cleared} ms`);
      assert.equal((await store.runs.summary(run.id))?.exceptionCount, 0);
    });

    it('takes a job of 20,000 records, hands it out and settles it, refused ones and all, and nothing stands still', async () => {
      const records = Array.from({ length: 20_000 }, (_, at) => ({
        default_code: `P${at}`,
        name: `Product ${at}`,
        weight: at / 3,
      }));
      const payload = { operation: 'upsert', model: 'product.template', records };
      let jobs = 0;
      const work = async () => {
        await store.jobs.add([{ queue: 'write', kind: 'odoo-write', key: `large-${++jobs}`, payload, maxAttempts: 3 }]);
        const [job] = await store.jobs.claim('write', { owner: 'test', leaseSeconds: 60, limit: 1 });
        assert.ok(job);
        await store.jobs.succeed(job.lease, {
          result: {},
          dead: records.map((record) => ({ record, error: 'Odoo said no', fingerprint: 'no' })),
        });
      };
      const stalled = await ownStall(LONGEST_STALL, work, async () => {});
      assert.ok(stalled < LONGEST_STALL, `it stood still for ${stalled} ms`);
      assert.deepEqual(await store.jobs.counts('write'), { done: jobs, dead: 20_000 * jobs });
    });

    it('takes hardly longer to find the next job among 20,000 than among 200', async () => {
      const timeAmong = async (queue: string, count: number) => {
        const jobs = Array.from({ length: count }, (_, at) => ({
          queue,
          kind: 'event',
          key: `${queue} ${at}`,
          payload: { at },
          priority: at % 3,
          maxAttempts: 3,
        }));
        await store.jobs.add(jobs);
        const since = performance.now();
        for (let time = 0; time < 50; time++) {
          const [job] = await store.jobs.claim(queue, { owner: 'test', leaseSeconds: 60, limit: 1 });
          assert.ok(job);
          await store.jobs.succeed(job.lease, { result: {} });
          await store.jobs.dueIn(queue);
        }
        return performance.now() - since;
      };
      const few = await timeAmong('few', 200);
      const many = await timeAmong('many', 20_000);
      assert.ok(many < 10 * few, `${many} ms among many, ${few} ms among few`);
    });
  });
}
