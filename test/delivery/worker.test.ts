import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { breakerOf } from '../../lib/delivery/breaker.ts';
import { CalledOff } from '../../lib/delivery/verdict.ts';
import { startWorker, type Worker, type WorkerOptions } from '../../lib/delivery/worker.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import type { ClaimedJob } from '../../lib/store/jobs.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import type { Settlement } from '../../lib/store/settlement.ts';

const QUEUE = 'odoo-write:1';
const DONE: Settlement = { result: {} };

describe('the worker', () => {
  let store: Store;
  let workers: Worker[];
  beforeEach(async () => {
    workers = [];
    store = await openStore({ url: ':memory:' });
  });
  afterEach(async () => {
    mock.restoreAll();
    await Promise.all(workers.map((worker) => worker.stop()));
    await store.close();
  });

  const add = (keys: string[], more = {}) =>
    store.jobs.add(
      keys.map((key) => ({ queue: QUEUE, kind: 'odoo-write', key, payload: { records: [{ key }] }, maxAttempts: 2, ...more })),
    );
  const start = (handle: WorkerOptions<Settlement>['handle'], more: Partial<WorkerOptions<Settlement>> = {}) => {
    const worker = startWorker<Settlement>({ store, queue: QUEUE, owner: 'test', handle, ...more });
    workers.push(worker);
    return worker;
  };
  const counts = () => store.jobs.counts(QUEUE);
  /** Waits until it holds; fails after five seconds. */
  const until = async (holds: () => Promise<boolean> | boolean) => {
    for (let attempt = 0; attempt < 500; attempt++) {
      if (await holds()) return;
      await sleep(10);
    }
    assert.fail(`it never came: ${JSON.stringify(await counts())}`);
  };
  /** A job that goes on until it is let go. */
  const held = () => {
    const gate = new EventTarget();
    let begun = 0;
    return {
      begun: () => begun,
      finish: () => void gate.dispatchEvent(new Event('finish')),
      async handle() {
        begun++;
        await once(gate, 'finish');
        return DONE;
      },
    };
  };

  it('does what is there, and what is added while it runs, without waiting for the next poll', async () => {
    const settled: string[] = [];
    await add(['one', 'two', 'three']);
    const worker = start(async () => DONE, { onSettled: ({ key }) => settled.push(key) });
    await until(() => settled.length === 3);
    await add(['four']);
    const since = Date.now();
    worker.nudge();
    await until(() => settled.length === 4);
    assert.ok(Date.now() - since < 2_000, 'it slept through the nudge');
    assert.deepEqual(await counts(), { done: 4 });
  });

  it('does so many jobs at a time, and no more', async () => {
    let at = 0;
    let most = 0;
    await add(['1', '2', '3', '4', '5', '6']);
    start(
      async () => {
        most = Math.max(most, ++at);
        await sleep(20);
        at--;
        return DONE;
      },
      { concurrency: 3 },
    );
    await until(async () => (await counts()).done === 6);
    assert.equal(most, 3);
  });

  it('tells when the server is left alone, and when it answers again, though another found it out', async () => {
    const told: string[] = [];
    const breaker = breakerOf(store, () => 'server');
    for (let time = 0; time < 3; time++) await breaker.failed(new OdooError('unavailable', 'Odoo is away.'));
    await add(['one']);
    const worker = start(async () => DONE, {
      breaker,
      onPaused: () => told.push('paused'),
      onResumed: () => told.push('resumed'),
      onSettled: () => told.push('settled'),
    });
    await until(() => told.includes('paused'));
    await breaker.succeeded();
    worker.nudge();
    await until(() => told.includes('settled'));
    assert.deepEqual([...new Set(told)], ['paused', 'resumed', 'settled']);
  });

  it('waits for what is under way when it is stopped, and takes no more', async () => {
    const job = held();
    await add(['one', 'two', 'three']);
    // One that waits for a free hand, and one that waits for work.
    const worker = start(job.handle, { concurrency: 2 });
    const idle = start(job.handle, { concurrency: 2 });
    await until(() => job.begun() === 3);
    await add(['four']);
    let stopped = false;
    const stopping = Promise.any([worker.stop(), idle.stop()]).then(() => {
      stopped = true;
    });
    await sleep(50);
    assert.equal(stopped, false, 'it left a job behind');
    job.finish();
    await stopping;
    await Promise.all([worker.stop(), idle.stop()]);
    assert.deepEqual(await counts(), { done: 3, pending: 1 });
    assert.equal(job.begun(), 3);
  });

  it('stops at once when it has nothing to do', async () => {
    for (const wait of [0, 1, 30]) {
      const worker = start(async () => DONE);
      await sleep(wait);
      const since = Date.now();
      await worker.stop();
      assert.ok(Date.now() - since < 1_000, `stopping took ${Date.now() - since} ms`);
    }
  });

  it('stops at once, and hears a nudge, while it asks when the next job is due', async () => {
    const asked = new EventTarget();
    const { dueIn } = store.jobs;
    const slow = async (queue: string) => {
      const due = await dueIn(queue);
      asked.dispatchEvent(new Event('asked'));
      await sleep(50);
      return due;
    };
    store = Object.assign(store, { jobs: { ...store.jobs, dueIn: slow } });
    const first = once(asked, 'asked');
    const worker = start(async () => DONE);
    await first;
    await add(['one']);
    const second = once(asked, 'asked');
    const since = Date.now();
    worker.nudge();
    await until(async () => (await counts()).done === 1);
    await second;
    await worker.stop();
    assert.ok(Date.now() - since < 2_000, `it took ${Date.now() - since} ms`);
  });

  it('tries a failed job again after a wait, and tells of the failure', async () => {
    const attempts: number[] = [];
    const failures: boolean[] = [];
    await add(['one']);
    start(
      async ({ attempt }) => {
        attempts.push(attempt);
        if (attempts.length === 1) throw new OdooError('locked', 'Somebody else changed it.');
        return DONE;
      },
      { onFailed: (_, __, buried) => failures.push(buried) },
    );
    await until(() => failures.length === 1);
    const due = await store.jobs.dueIn(QUEUE);
    assert.ok(due !== undefined && due > 300 && due <= 1_000, `due in ${due} ms`);
    await until(async () => (await counts()).done === 1);
    assert.deepEqual([attempts, failures], [[1, 2], [false]]);
  });

  it('does not count it as an attempt that Odoo was away', async () => {
    const attempts: number[] = [];
    await add(['one'], { maxAttempts: 1 });
    start(async ({ attempt }) => {
      attempts.push(attempt);
      if (attempts.length < 3) throw new OdooError('unavailable', 'Odoo does not answer.');
      return DONE;
    });
    await until(async () => (await counts()).done === 1);
    assert.deepEqual(attempts, [1, 1, 1]);
  });

  it('makes a dead letter of a job after its last attempt, with the words of the last failure', async () => {
    const buried: [ClaimedJob, string][] = [];
    await add(['one']);
    start(
      async ({ attempt }) => {
        throw new OdooError('locked', `Locked, time ${attempt}.`);
      },
      { onFailed: (job, error, last) => last && buried.push([job, error.message]) },
    );
    await until(() => buried.length === 1);
    const [letter] = await store.deadLetters.list();
    assert.equal(letter?.error, 'Locked, time 2.');
    assert.deepEqual(letter?.payload, { records: [{ key: 'one' }] });
    assert.deepEqual(
      buried.map(([{ attempt }, words]) => [attempt, words]),
      [[2, 'Locked, time 2.']],
    );
    assert.deepEqual(await counts(), { dead: 1 });
  });

  it('drops the result of a job that another worker took over', async () => {
    const job = held();
    const heard: string[] = [];
    await add(['one']);
    start(job.handle, {
      leaseSeconds: 0.3,
      onSettled: () => heard.push('settled'),
      onFailed: () => heard.push('failed'),
      onTrouble: () => heard.push('trouble'),
    });
    await until(() => job.begun() === 1);
    // It hangs so badly that its lease runs out unnoticed.
    store = Object.assign(store, { jobs: { ...store.jobs, heartbeat: async () => {} } });
    let theirs: ClaimedJob | undefined;
    await until(async () => {
      [theirs] = await store.jobs.claim(QUEUE, { owner: 'another', leaseSeconds: 60, limit: 1 });
      return theirs !== undefined;
    });
    job.finish();
    await sleep(100);
    assert.deepEqual(await counts(), { running: 1 });
    assert.ok(theirs);
    await store.jobs.succeed(theirs.lease, DONE);
    assert.deepEqual(heard, []);
  });

  it('tells the work on a job that another worker took over to stop', async () => {
    let [begun, told] = [false, false];
    await add(['one']);
    const { heartbeat } = store.jobs;
    let hanging = true;
    const late: typeof heartbeat = async (...given) => (hanging ? undefined : heartbeat(...given));
    store = Object.assign(store, { jobs: { ...store.jobs, heartbeat: late } });
    start(
      async (_, { signal }) => {
        begun = true;
        await once(signal, 'abort');
        told = true;
        throw new CalledOff();
      },
      { leaseSeconds: 0.3 },
    );
    await until(() => begun);
    await until(async () => (await store.jobs.claim(QUEUE, { owner: 'another', leaseSeconds: 60, limit: 1 })).length > 0);
    hanging = false;
    await until(() => told);
    await sleep(50);
    assert.deepEqual(await counts(), { running: 1 }, 'the job is still the other worker’s');
  });

  it('finds out before it sends, when it was frozen for longer than its lease', async () => {
    await add(['one']);
    let frozen = true;
    const { heartbeat } = store.jobs;
    // A frozen process has no timers either: nothing renews the lease or tells that it is lost.
    const still: typeof heartbeat = (...given) => (frozen ? new Promise(() => {}) : heartbeat(...given));
    store = Object.assign(store, { jobs: { ...store.jobs, heartbeat: still } });
    let outcome: unknown;
    start(
      async (_, { confirm }) => {
        await until(async () => (await store.jobs.claim(QUEUE, { owner: 'another', leaseSeconds: 60, limit: 1 })).length > 0);
        frozen = false;
        outcome = await confirm().then(
          () => 'sent',
          (error: unknown) => error,
        );
        throw new CalledOff();
      },
      { leaseSeconds: 0.3 },
    );
    await until(() => outcome !== undefined);
    assert.ok(outcome instanceof CalledOff, `${outcome}`);
  });

  it('gives back at once what it calls off to stop, without an attempt and without an error', async () => {
    await add(['one'], { maxAttempts: 1 });
    let begun = false;
    const worker = start(async (_, { signal }) => {
      begun = true;
      await once(signal, 'abort');
      throw new CalledOff();
    });
    await until(() => begun);
    await worker.stop();
    const [job] = await store.jobs.claim(QUEUE, { owner: 'next', leaseSeconds: 60, limit: 1 });
    assert.equal(job?.attempt, 1);
  });

  /** Claims the one job so often by workers that end in the midst of it; its rests in between come out as none. */
  const crash = async (times: number) => {
    mock.method(Math, 'random', () => 0);
    for (let crashed = 0; crashed < times; crashed++)
      await store.jobs.claim(QUEUE, { owner: 'crashed', leaseSeconds: -1, limit: 1 });
  };

  it('does not count it as an attempt of the job that its process was ended', async () => {
    await add(['one'], { maxAttempts: 2 });
    await crash(10);
    const attempts: number[] = [];
    start(async ({ attempt }) => {
      attempts.push(attempt);
      return DONE;
    });
    await until(async () => (await counts()).done === 1);
    assert.deepEqual(attempts, [1]);
  });

  it('gives up a job that ended its process time after time', async () => {
    await add(['one'], { maxAttempts: 2 });
    await crash(51);
    let begun = false;
    start(async () => {
      begun = true;
      return DONE;
    });
    await until(async () => (await counts()).dead === 1);
    assert.equal(begun, false, 'it was tried once more');
    assert.match(String((await store.deadLetters.list())[0]?.error), /cut off 51 times/);
  });

  it('leaves it to the next one to find out how the server is, where the job that was due rests after all', async () => {
    await add(['one']);
    await crash(5);
    mock.method(Math, 'random', () => 1);
    await store.breakers.write('odoo', { failures: 3, openUntil: Date.now() - 1, error: 'away' });
    const breaker = breakerOf(store, () => 'odoo');
    start(async () => DONE, { breaker });
    await until(async () => (await counts()).pending === 1);
    await until(async () => ((await breaker.state())?.openUntil ?? 0) <= Date.now());
  });

  it('keeps its lease while a job takes longer than that', async () => {
    const job = held();
    await add(['one']);
    start(job.handle, { leaseSeconds: 0.3, concurrency: 1 });
    await until(() => job.begun() === 1);
    for (let time = 0; time < 10; time++) {
      await sleep(100);
      assert.deepEqual(await store.jobs.claim(QUEUE, { owner: 'another', leaseSeconds: 60, limit: 1 }), []);
    }
    job.finish();
    await until(async () => (await counts()).done === 1);
    assert.equal(job.begun(), 1);
  });

  it('goes on when the store fails for a while, and says so', async () => {
    const { claim } = store.jobs;
    const heard: string[] = [];
    let failing = true;
    store = Object.assign(store, {
      jobs: {
        ...store.jobs,
        claim: (...asked: Parameters<typeof claim>) => {
          if (failing) throw new Error('disk is full');
          return claim(...asked);
        },
      },
    });
    await add(['one']);
    const worker = start(async () => DONE, { onTrouble: ({ message }) => heard.push(message) });
    await until(() => heard.length > 0);
    await sleep(200);
    assert.equal(heard.length, 1, 'it did not give the store time');
    failing = false;
    worker.nudge();
    await until(async () => (await counts()).done === 1);
    assert.equal(heard[0], 'disk is full');
  });
});
