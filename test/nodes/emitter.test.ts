import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptRun } from '../../lib/intake/accept.ts';
import type { RunPart } from '../../lib/intake/emission.ts';
import type { Emitter } from '../../lib/node/emitter.ts';
import { runsInFlow } from '../../lib/node/runs-in-flow.ts';
import type { SyncStoreNode } from '../../lib/node/types.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { startRunEmitter } from '../../nodes/forecast-receive/emitter.ts';
import { until } from './flow.ts';

const QUEUE = 'forecast-receive:1';

describe('sending runs into the flow', () => {
  let store: Store;
  let node: Pick<SyncStoreNode, 'open' | 'inFlow' | 'keepFor'>;
  let emitter: Emitter | undefined;
  let parts: RunPart[];
  let troubles: Error[];
  beforeEach(async () => {
    [parts, troubles] = [[], []];
    store = await openStore({ url: ':memory:' });
    node = { open: async () => store, inFlow: runsInFlow(), keepFor: () => {} };
  });
  afterEach(async () => {
    await emitter?.stop();
    await store.close();
  });
  const start = (leaseSeconds = 60) => {
    const emit = (part: RunPart) => void parts.push(part);
    emitter = startRunEmitter({
      store: node,
      queue: QUEUE,
      leaseSeconds,
      emit,
      onTrouble: (error) => troubles.push(error),
    });
    return emitter;
  };
  const accept = (lines = 1, maxAttempts = 3) =>
    acceptRun(
      store,
      Array.from({ length: lines }, (_, at) => ({ product: `P${at}` })),
      { interface: 'forecast-import', source: 'test', maxBytes: 1e6, queue: QUEUE, maxAttempts },
    );

  it('sends each run once, one after the other', async () => {
    const runs = [await accept(1_500), await accept()];
    start();
    await until(() => parts.length === 3);
    assert.deepEqual(
      parts.map(({ run, index, count }) => [run, index, count]),
      [
        [runs[0]?.run, 0, 2],
        [runs[0]?.run, 1, 2],
        [runs[1]?.run, 0, 1],
      ],
    );
    await sleep(200);
    assert.equal(parts.length, 3);
  });

  it('sends a run again that no node settled before its lease ran out, under a new token', async () => {
    await accept();
    start(0.1);
    await until(() => parts.length >= 2);
    assert.deepEqual(
      parts.slice(0, 2).map(({ lease }) => lease.token),
      [1, 2],
    );
  });

  it('keeps the lease of a run for as long as nodes are at work on it', async () => {
    await accept();
    start(0.3);
    await until(() => parts.length === 1);
    const lease = { ...(parts[0]?.lease ?? assert.fail()), store: 'store' };
    const done = node.inFlow.work(lease);
    await sleep(1_000);
    assert.equal(parts.length, 1, 'it was sent again while a node was at work on it');
    await store.runs.total(lease, 'accepted', '0', { lines: 1, quantity: '1' }, 0);
    done();
    await until(() => parts.length === 2);
  });

  it('has a few runs on their way at a time, and sends the next one when one of them is settled', async () => {
    for (let at = 0; at < 6; at++) await accept();
    start();
    await until(() => parts.length === 4);
    await sleep(100);
    assert.equal(parts.length, 4);
    node.inFlow.settle(parts[0]?.lease ?? assert.fail());
    await until(() => parts.length === 5);
    await sleep(50);
    assert.equal(parts.length, 5);
  });

  it('begins with one, and has room for one more with each that came through', async () => {
    for (let at = 0; at < 6; at++) await accept();
    start();
    await until(() => parts.length === 1);
    await sleep(100);
    assert.equal(parts.length, 1);
    node.inFlow.settle(parts[0]?.lease ?? assert.fail());
    await until(() => parts.length === 3);
    await sleep(100);
    assert.equal(parts.length, 3);
  });

  it('fails a run that no node ever settles, and says what to check', async () => {
    const { run } = await accept(1, 2);
    start(0.05);
    await until(async () => (await store.runs.summary(run))?.state === 'failed');
    assert.equal(parts.length, 2);
    assert.match((await store.runs.summary(run))?.error ?? '', /leads to odoo-write/);
  });

  it('counts no attempt where a node failed because Odoo is away, however often', async () => {
    const { run } = await accept(1, 1);
    start();
    await until(() => parts.length === 1);
    const lease = { ...(parts[0]?.lease ?? assert.fail()), store: 'store' };
    const release = node.inFlow.take(lease);
    node.inFlow.failed(lease, new OdooError('unavailable', 'Odoo is away.'));
    release();
    await until(() => parts.length === 2);
    assert.equal((await store.runs.summary(run))?.state, 'received');
  });

  it('stops soon in the middle of a run, which comes again with the next start', async () => {
    await accept(2_500);
    const running = start();
    await until(() => parts.length > 0);
    const since = Date.now();
    await running.stop();
    assert.ok(Date.now() - since < 1_000);
    assert.deepEqual(await store.jobs.counts(QUEUE), { pending: 1 });
    parts.length = 0;
    start();
    await until(() => parts.length === 3);
    assert.ok(parts.every(({ lease }) => lease.token === 2));
  });

  it('gives a store in trouble time, and goes on when it has recovered', async () => {
    await accept();
    const { claim } = store.jobs;
    Object.assign(store.jobs, { claim: () => Promise.reject(new Error('disk is full')) });
    const running = start();
    await sleep(400);
    assert.equal(troubles.length, 1, 'it asks again and again');
    Object.assign(store.jobs, { claim });
    running.nudge();
    await until(() => parts.length === 1);
  });
});
