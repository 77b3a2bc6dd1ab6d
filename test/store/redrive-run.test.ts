import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import type { Reason } from '../../lib/exceptions/catalogue.ts';
import { route } from '../../lib/exceptions/routing.ts';
import { mergeItems } from '../../lib/forecast/versions/collect.ts';
import { nextRun, type RunPart } from '../../lib/intake/emission.ts';
import type { Held } from '../../lib/store/context.ts';
import type { Store } from '../../lib/store/open.ts';
import { testStores } from '../support/stores.ts';

const INTAKE = 'forecast-receive:test';
const QUEUE = 'forecast-approve:test';
const CLAIM = { owner: 'test', leaseSeconds: 60 };

const item = (product: string, line: number): VersionItem => ({
  product,
  location: 'WH',
  group: product,
  uom: 'Units',
  lines: 1,
  sent: '5',
  periods: [{ period: '2026-12', quantity: '5', lines: [[line, '5']] }],
});
const held = (product: string, line: number, reason: Reason = 'NO_SUPPLY_SOURCE') => {
  const refusal = {
    reason,
    stage: 'validation' as const,
    message: `${product} is neither made nor bought.`,
    record: { product, $line: line },
    line,
    product,
    quantity: '5',
  };
  return { ...refusal, ...route(refusal) };
};

for (const target of testStores()) {
  describe(`giving held lines again on ${target.name}`, function () {
    this.timeout(30_000);
    let store: Store;
    let end: () => Promise<void>;
    let run: string;
    let name: string;
    before(async () => ({ store, end } = await target.open()));
    after(() => end());

    const emitted = async () => {
      const found = await nextRun(store, { queue: INTAKE, ...CLAIM });
      assert.ok(found, 'nothing to emit');
      const parts: RunPart[] = [];
      for await (const part of found.parts()) parts.push(part);
      return { ...found, lease: found.lease, rows: parts.flatMap(({ rows }) => rows), last: parts.at(-1) };
    };
    /**
     * What the flow does with lines: those of products that are mended are accepted, the others held; somebody approves
     * them without some products, each of which is a group; Odoo refuses some. Gives the products that were written, or refused.
     */
    const passed = async (
      lease: Held,
      lines: readonly (readonly [string, number])[],
      mended: ReadonlySet<string>,
      { reason, without, refused = [] }: { reason?: Reason; without?: readonly string[]; refused?: readonly string[] } = {},
    ) => {
      const good = lines.filter(([product]) => mended.has(product));
      const count = (some: readonly unknown[]) => ({ lines: some.length, quantity: String(5 * some.length) });
      await store.runs.total(lease, 'validated', '0', count(lines));
      await store.runs.total(lease, 'accepted', '0', count(good));
      const bad = lines.filter(([product]) => !mended.has(product)).map(([product, line]) => held(product, line, reason));
      await store.exceptions.add(bad, run, lease);
      const standing = await store.versions.standingOf(run);
      const before = await store.versions.items.all(standing);
      const head = { interface: name, run, queue: QUEUE, purpose: 'baseline' as const, mappings: [], rules: [] };
      const given = good.map(([product, line]) => item(product, line));
      const id = await store.versions.keep(lease, head, await mergeItems(before, given));
      const judged = { baseline: undefined, difference: {}, automatic: !without, why: [], waitHours: 1, maxAttempts: 3 };
      await store.versions.validated(lease, id, judged);
      assert.equal(await store.runs.release(lease), 'released');
      if (without) {
        const [preview] = await store.jobs.claim(QUEUE, { ...CLAIM, limit: 1 });
        await store.jobs.settle(preview?.lease ?? assert.fail());
        assert.ok('version' in (await store.versions.approve(id, { who: 'ann', comment: 'wrong' }, without)));
      }
      const [job] = await store.jobs.claim(QUEUE, { ...CLAIM, limit: 1 });
      assert.ok(job);
      const { version, standing: stands } = await store.versions.begin(job.lease, '2026-12-01');
      const records: { product: string; $source: { lines: number; quantity: string } }[] = [];
      for await (const page of store.versions.items.pages(version.id, stands))
        for (const { product, lines, sent } of page) records.push({ product, $source: { lines, quantity: sent } });
      const write = { queue: 'write', kind: 'odoo-write', key: version.id, run, payload: { records }, maxAttempts: 3 };
      if (records.length > 0) await store.jobs.add([write], job.lease);
      await store.runs.handOver(job.lease);
      assert.equal(await store.runs.release(job.lease), 'released');
      const [writing] = await store.jobs.claim('write', { ...CLAIM, limit: 1 });
      const totalOf = (some: typeof records) => ({
        lines: some.reduce((total, { $source }) => total + $source.lines, 0),
        quantity: '0',
        records: some.length,
      });
      const dead = records.filter(({ product }) => refused.includes(product));
      const taken = records.filter((record) => !dead.includes(record));
      if (writing)
        await store.jobs.succeed(writing.lease, {
          result: {},
          totals: { applied: totalOf(taken), refused: totalOf(dead) },
          dead: dead.map((record) => ({ record, error: 'Odoo does not take it.', fingerprint: 'ODOO_REFUSED' })),
        });
      return records.map(({ product }) => product);
    };
    const fingerprintsOf = async (product: string) => {
      const open = (await store.exceptions.list({ run })).filter(({ state }) => state === 'open');
      return open.filter((line) => line.product === product).map(({ fingerprint }) => fingerprint);
    };
    const figures = async () => {
      const summary = await store.runs.summary(run);
      assert.ok(summary);
      const { state, received, accepted, applied, unchanged, quantity } = summary;
      return { state, received, accepted, held: summary.held, applied, unchanged, quantity: quantity.held };
    };

    beforeEach(async () => {
      name = `plan-${uuidv7()}`;
      const accepted = { id: uuidv7(), interface: name, source: 'test' };
      run = accepted.id;
      await store.runs.begin(accepted);
      await store.runs.addPart(
        run,
        0,
        ['A', 'B', 'C'].map((product, at) => ({ product, $line: at + 2 })),
      );
      await store.runs.addPart(run, 1, [{ product: 'B', $line: 5 }]);
      await store.runs.accept(accepted, { lines: 4, contentHash: 'abc', queue: INTAKE, maxAttempts: 3 });
      const { lease } = await emitted();
      await passed(
        lease,
        [
          ['A', 2],
          ['B', 3],
          ['C', 4],
          ['B', 5],
        ],
        new Set(['A']),
      );
    });

    it('gives just those lines, and adds them to what the run has released already', async () => {
      assert.deepEqual(await figures(), {
        state: 'applied-with-exceptions',
        received: 4,
        accepted: 1,
        held: 3,
        applied: 1,
        unchanged: 0,
        quantity: 15,
      });
      const fingerprints = await fingerprintsOf('B');
      assert.deepEqual(await store.runs.redrive(run, { who: 'ben', why: 'B has a supplier', fingerprints }), { lines: 2 });
      const { lease, rows, last } = await emitted();
      assert.deepEqual(
        rows.map(({ product, $line }) => [product, $line]),
        [
          ['B', 3],
          ['B', 5],
        ],
      );
      assert.deepEqual([last?.index, last?.count], [1, 2]);
      assert.deepEqual(
        await passed(
          lease,
          [
            ['B', 3],
            ['B', 5],
          ],
          new Set(['B']),
        ),
        ['B'],
        'only what changed',
      );
      const { applied, unchanged, ...rest } = await figures();
      assert.equal(applied + unchanged, 3);
      assert.deepEqual(rest, { state: 'applied-with-exceptions', received: 4, accepted: 3, held: 1, quantity: 5 });
      const states = (await store.exceptions.list({ run })).map(({ line, state }) => [line, state]);
      assert.deepEqual(states, [
        [3, 'resolved'],
        [4, 'open'],
        [5, 'resolved'],
      ]);
    });

    /** The run's lines of B come again, and are accepted; Odoo refuses them. */
    const refusedByOdoo = async () => {
      await store.runs.redrive(run, { who: 'ben', why: 'B has a supplier', fingerprints: await fingerprintsOf('B') });
      const { lease } = await emitted();
      const lines = [
        ['B', 3],
        ['B', 5],
      ] as const;
      assert.deepEqual(await passed(lease, lines, new Set(['B']), { refused: ['B'] }), ['B']);
      assert.equal((await store.runs.summary(run))?.dead, 2);
    };

    it('writes once more what Odoo has refused of the run, on the same day, too', async () => {
      await refusedByOdoo();
      await store.runs.redrive(run, { who: 'ben', why: 'C has a supplier' });
      const { lease } = await emitted();
      assert.deepEqual(await passed(lease, [['C', 4]], new Set(['C'])), ['A', 'B', 'C']);
      assert.deepEqual([(await figures()).applied, (await figures()).state], [4, 'applied']);
    });

    it('writes what Odoo has refused of the run when it is replayed on the same day', async () => {
      await refusedByOdoo();
      await store.runs.replay(run, 'ben');
      const { lease, rows } = await emitted();
      const lines = rows.map(({ product, $line }) => [String(product), Number($line)] as const);
      assert.deepEqual(await passed(lease, lines, new Set(['A', 'B', 'C'])), ['A', 'B', 'C']);
      assert.deepEqual([(await figures()).applied, (await figures()).state], [4, 'applied']);
    });

    it('balances where groups of one version after the other are not approved', async () => {
      const given = async (product: string, lines: readonly number[]) => {
        await store.runs.redrive(run, { who: 'ben', why: 'look', fingerprints: await fingerprintsOf(product) });
        const { lease } = await emitted();
        return passed(
          lease,
          lines.map((line) => [product, line] as const),
          new Set([product]),
          { without: [product] },
        );
      };
      await given('B', [3, 5]);
      await given('C', [4]);
      const { accepted, held, applied, unchanged } = await figures();
      assert.deepEqual({ accepted, held, applied: applied + unchanged }, { accepted: 1, held: 3, applied: 1 });
    });

    it('holds again what is not mended after all, and may be cut off in between', async () => {
      await store.runs.redrive(run, { who: 'ben', why: 'look' });
      const first = await emitted();
      await store.runs.total(first.lease, 'validated', '0', { lines: 3, quantity: '15' });
      await store.exceptions.add([held('C', 4)], run, first.lease);
      await store.jobs.retry(first.lease, { delayMs: 0, countAttempt: false });
      const { lease } = await emitted();
      await passed(
        lease,
        [
          ['B', 3],
          ['C', 4],
          ['B', 5],
        ],
        new Set(['B']),
      );
      const { accepted, held: stillHeld, received } = await figures();
      assert.deepEqual({ accepted, stillHeld, received }, { accepted: 3, stillHeld: 1, received: 4 });
      const open = (await store.exceptions.list({ run })).filter(({ state }) => state === 'open');
      assert.deepEqual(
        open.map(({ line }) => line),
        [4],
      );
    });

    it('bears who confirmed the lines that deviate, when a person has them given again, and ever after', async () => {
      await store.runs.redrive(run, { who: 'exception-desk:1', why: 'look', confirms: false });
      const looked = await emitted();
      const lines = [
        ['B', 3],
        ['C', 4],
        ['B', 5],
      ] as const;
      await passed(looked.lease, lines, new Set(['B']), { reason: 'DEVIATION_EXCEEDED' });
      const marks = ({ rows }: { rows: RunPart['rows'] }) => rows.map(({ $line, $confirmed }) => [$line, $confirmed]);
      assert.deepEqual(marks(looked), [
        [3, undefined],
        [4, undefined],
        [5, undefined],
      ]);

      const [cause] = await store.desk.list({ run, reason: 'DEVIATION_EXCEEDED' });
      assert.ok('runs' in (await store.desk.redrive(cause?.id ?? '', { who: 'ben', comment: 'sales say so' })));
      const given = await emitted();
      assert.deepEqual(marks(given), [[4, 'ben']]);
      await store.jobs.retry(given.lease, { delayMs: 0, countAttempt: false });
      const again = await emitted();
      assert.deepEqual(marks(again), [[4, 'ben']]);
      await passed(again.lease, [['C', 4]], new Set(['C']));
      assert.deepEqual([(await figures()).held, (await figures()).state], [0, 'applied']);

      await store.runs.replay(run, 'ben');
      const replayed = await emitted();
      assert.deepEqual(marks(replayed), [
        [2, undefined],
        [3, undefined],
        [4, 'ben'],
        [5, undefined],
      ]);
      await store.jobs.bury(replayed.lease, 'not needed');
    });

    it('gives the lines of more causes than one statement can name', async () => {
      await store.runs.redrive(run, { who: 'exception-desk:1', why: 'look' });
      const lines = [
        ['B', 3],
        ['C', 4],
        ['B', 5],
      ] as const;
      await passed((await emitted()).lease, lines, new Set(), { reason: 'DEVIATION_EXCEEDED' });
      const others = Array.from({ length: 70_000 }, (_, at) => `DEVIATION_EXCEEDED:P${at}`);
      const [b] = await fingerprintsOf('B');
      const [c] = await fingerprintsOf('C');
      const fingerprints = [c ?? '', b ?? '', ...others, c ?? ''];
      assert.deepEqual(await store.runs.redrive(run, { who: 'ben', why: 'mended', fingerprints, confirms: true }), { lines: 3 });
      const { lease, rows } = await emitted();
      assert.deepEqual(
        rows.map(({ $line, $confirmed }) => [$line, $confirmed]),
        [
          [3, 'ben'],
          [4, 'ben'],
          [5, 'ben'],
        ],
      );
      await passed(lease, lines, new Set(['B', 'C']));
      assert.deepEqual([(await figures()).accepted, (await figures()).state], [4, 'applied']);
    });

    it('refuses where the version of the run was rolled back, and leaves what is held as it is', async () => {
      const id = (await store.runs.summary(run))?.version ?? '';
      const wrong = { who: 'ben', comment: 'wrong' };
      assert.ok('version' in (await store.versions.takeBack(id, wrong)));
      const asked = await store.jobs.claim(`${QUEUE}/odoo`, { ...CLAIM, limit: 100 });
      const back = asked.find(({ kind }) => kind === 'roll-back') ?? assert.fail();
      await store.versions.takenBack(back.lease, id, [], wrong);

      const refused = await store.runs.redrive(run, { who: 'ben', why: 'look' });
      assert.ok('refused' in refused && /rolled back.*Send the forecast again/.test(refused.refused));
      const causes = await store.desk.list({ run });
      const came = await store.desk.redriveMended(
        causes.map((cause) => ({ ...cause, words: 'Supplier added.' })),
        'exception-desk:1',
        name,
      );
      assert.deepEqual(
        came.map((one) => [one.run, 'refused' in one]),
        [[run, true]],
      );
      assert.deepEqual(await store.desk.list({ run }), causes);
      assert.equal((await store.runs.summary(run))?.state, 'applied-with-exceptions');
    });

    it('gives them also where the queue knows the first numbers of its re-drives already', async () => {
      for (const number of [1, 2])
        await store.jobs.add([
          { queue: INTAKE, kind: 'redrive', key: `${run}/redrive-${number}`, payload: { number }, maxAttempts: 1 },
        ]);
      for (const { lease } of await store.jobs.claim(INTAKE, { ...CLAIM, limit: 2 }))
        await store.jobs.succeed(lease, { result: {} });
      for (const product of ['B', 'C']) {
        await store.runs.redrive(run, { who: 'ben', why: 'look', fingerprints: await fingerprintsOf(product) });
        const { lease, rows } = await emitted();
        const lines = rows.map(({ product, $line }) => [String(product), Number($line)] as const);
        await passed(lease, lines, new Set([product]));
      }
      assert.deepEqual([(await figures()).held, (await figures()).state], [0, 'applied']);
    });

    it('refuses where nothing is held for that cause, and while the run is under way', async () => {
      const none = await store.runs.redrive(run, { who: 'ben', why: 'look', fingerprints: ['none'] });
      assert.ok('refused' in none && /no held lines/.test(none.refused));
      await store.runs.redrive(run, { who: 'ben', why: 'look' });
      const again = await store.runs.redrive(run, { who: 'ben', why: 'look' });
      assert.ok('refused' in again && /received/.test(again.refused));
      await store.jobs.bury((await emitted()).lease, 'not needed');
    });
  });
}
