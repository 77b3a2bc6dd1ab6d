import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptRun } from '../../lib/intake/accept.ts';
import type { RunPart } from '../../lib/intake/emission.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { type Emitter, startEmitter } from '../../nodes/forecast-receive/emitter.ts';
import { until } from './flow.ts';

const QUEUE = 'forecast-receive:1';

describe('sending runs into the flow', () => {
  let store: Store;
  let emitter: Emitter | undefined;
  let parts: RunPart[];
  let troubles: Error[];
  beforeEach(async () => {
    [parts, troubles] = [[], []];
    store = await openStore({ url: ':memory:' });
  });
  afterEach(async () => {
    await emitter?.stop();
    await store.close();
  });
  const start = (leaseSeconds = 60) => {
    const emit = (part: RunPart) => void parts.push(part);
    emitter = startEmitter({
      store: Promise.resolve(store),
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

  it('fails a run that no node ever settles, and says what to check', async () => {
    const { run } = await accept(1, 2);
    start(0.05);
    await until(async () => (await store.runs.summary(run))?.state === 'failed');
    assert.equal(parts.length, 2);
    assert.match((await store.runs.summary(run))?.error ?? '', /leads to odoo-write/);
  });

  it('stops soon in the middle of a run, which comes again when its lease runs out', async () => {
    await accept(2_500);
    const running = start();
    await until(() => parts.length > 0);
    const since = Date.now();
    await running.stop();
    assert.ok(Date.now() - since < 1_000);
    assert.deepEqual(await store.jobs.counts(QUEUE), { running: 1 });
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
