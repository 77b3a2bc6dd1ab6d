import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import { type EmittedRun, nextRun, type RunPart } from '../../lib/intake/emission.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import type { Replayed } from '../../lib/store/replay-run.ts';
import { testStores } from '../support/stores.ts';

const ONE = { lines: 1, quantity: '1.5', records: 1 };
const record = (at: number) => ({ at, $source: { lines: 1, quantity: '1.5' } });

/** A run of two lines, and what the nodes of a flow would do with it, in queues of its own. */
function runIn(store: Store, id: string) {
  const intake = `intake:${id}`;
  const write = `odoo-write:${id}`;
  const next = async () => {
    const [job] = await store.jobs.claim(write, { owner: 'test', leaseSeconds: 60, limit: 1 });
    return job ?? assert.fail('there is no write job');
  };
  const emitted = async (): Promise<{ run: EmittedRun; part: RunPart }> => {
    const run = await nextRun(store, { queue: intake, owner: 'test', leaseSeconds: 60 });
    assert.ok(run, 'the run was not emitted');
    for await (const part of run.parts()) return { run, part };
    throw new Error('the run has no part');
  };
  return {
    write,
    next,
    emitted,
    async accept(interfaceName = `forecasts-${id}`) {
      const run = { id, interface: interfaceName, source: 'test' };
      await store.runs.begin(run);
      await store.runs.addPart(id, 0, [{ product: 'A' }, { product: 'B' }]);
      await store.runs.accept(run, { lines: 2, contentHash: 'abc', queue: intake, maxAttempts: 3 });
    },
    /** Emits the run, stages both lines in a job, and gives the key of its work. */
    async stage() {
      const { run, part } = await emitted();
      const both = { lines: 2, quantity: '3' };
      await store.runs.total(run.lease, 'validated', '0', both);
      await store.runs.total(run.lease, 'accepted', '0', both);
      const payload = { records: [record(0), record(1)] };
      const job = { queue: write, kind: 'odoo-write', key: `${part.key}/0`, run: id, payload, maxAttempts: 3 };
      await store.jobs.add([job], run.lease);
      await store.runs.handOver(run.lease);
      return { key: part.key, rows: part.rows, lease: run.lease };
    },
    async release() {
      const staged = await this.stage();
      assert.equal(await store.runs.release(staged.lease), 'released');
      return staged;
    },
    /** Emits the run, and has both of its lines applied. */
    async apply() {
      const staged = await this.release();
      const totals = { applied: { ...ONE, lines: 2, quantity: '3' }, updated: { ...ONE, records: 2 } };
      await store.jobs.succeed((await next()).lease, { result: {}, totals });
      return staged;
    },
    /** Emits the run, and has one of its lines refused. */
    async refuseOne() {
      await this.release();
      const dead = [{ record: record(1), error: 'no', fingerprint: 'f', progress: { planned: [] } }];
      await store.jobs.succeed((await next()).lease, { result: {}, dead, totals: { applied: ONE, refused: ONE } });
    },
  };
}

const replayed = async (asked: Promise<Replayed | undefined>) => {
  const answer = await asked;
  assert.ok(answer && 'summary' in answer, JSON.stringify(answer));
  return answer;
};

for (const target of testStores()) {
  describe(`replaying a run on ${target.name}`, function () {
    this.timeout(30_000);
    let store: Store;
    let end: () => Promise<void>;
    before(async () => ({ store, end } = await target.open()));
    after(() => end());

    const newRun = async (interfaceName?: string) => {
      const id = uuidv7();
      const flow = runIn(store, id);
      await flow.accept(interfaceName);
      return { id, flow };
    };
    const figures = async (run: string) => {
      const { state, accepted, applied, updated, unchanged, dead } = (await store.runs.summary(run)) ?? assert.fail('no run');
      return { state, accepted, applied, updated, unchanged, dead };
    };

    it('gives an applied run to the flow again, from its raw lines and its first try, under a key of its own', async () => {
      const { id, flow } = await newRun();
      const first = await flow.apply();
      const { summary } = await replayed(store.runs.replay(id, 'user:anna'));
      assert.deepEqual([summary.run, summary.state, summary.accepted, summary.applied], [id, 'received', 0, 0]);
      const second = await flow.release();
      assert.deepEqual(second.rows, first.rows);
      assert.notEqual(second.key, first.key);
      const [again] = await store.jobs.claim(flow.write, { owner: 'test', leaseSeconds: 60, limit: 1 });
      assert.equal(again?.key, `${second.key}/0`);
      assert.equal(again?.attempt, 1);
    });

    it('tells afterwards what the replay did, and nothing of the time before', async () => {
      const { id, flow } = await newRun();
      await flow.apply();
      await store.exceptions.add(
        [
          {
            reason: 'INSIDE_LEAD_TIME',
            message: 'why',
            stage: 'validation',
            record: {},
            line: 1,
            disposition: 'warning',
            owner: 'planner',
            action: 'mend it',
            severity: 'low',
            deadlineHours: 1,
          },
        ],
        id,
      );
      await store.runs.replay(id, 'user:anna');
      await flow.release();
      const { state, exceptionCount } = (await store.runs.summary(id)) ?? assert.fail('no run');
      assert.deepEqual([state, exceptionCount], ['applying', 0]);
      const unchanged = { lines: 2, quantity: '3', records: 0 };
      await store.jobs.succeed((await flow.next()).lease, { result: {}, totals: { unchanged } });
      assert.deepEqual(await figures(id), {
        state: 'applied',
        accepted: 2,
        applied: 0,
        updated: 0,
        unchanged: 2,
        dead: 0,
      });
    });

    it('keeps the key of a replay that is emitted again after its lease ran out, and has another for the next replay', async () => {
      const { id, flow } = await newRun();
      const first = await flow.apply();
      await store.runs.replay(id, 'user:anna');
      const cutShort = await flow.stage();
      await store.jobs.heartbeat(cutShort.lease, -1);
      const second = await flow.apply();
      assert.equal(second.key, cutShort.key);
      assert.equal((await figures(id)).applied, 2);
      await store.runs.replay(id, 'user:anna');
      const third = await flow.apply();
      assert.equal(new Set([first.key, second.key, third.key]).size, 3);
      assert.deepEqual(await store.jobs.counts(flow.write), { done: 3 });
    });

    it('takes the place of the run’s dead letters, which nobody can replay any more', async () => {
      const { id, flow } = await newRun();
      await flow.refuseOne();
      const [letter] = await store.deadLetters.list({ run: id });
      assert.ok(letter);
      await replayed(store.runs.replay(id, 'user:anna'));
      assert.deepEqual(await store.deadLetters.list({ run: id }), []);
      assert.deepEqual(await store.deadLetters.replay({ ids: [letter.id] }, { who: 'user:ben' }), []);
      await flow.apply();
      assert.deepEqual(await figures(id), { state: 'applied', accepted: 2, applied: 2, updated: 2, unchanged: 0, dead: 0 });
    });

    it('keeps what tries wrote down of a superseded letter, until a job has gone on from it', async () => {
      const { id, flow } = await newRun();
      await flow.refuseOne();
      await store.runs.replay(id, 'user:anna');
      const superseded = () => store.deadLetters.superseded({ run: id, queue: flow.write });
      const [letter] = await superseded();
      assert.ok(letter);
      assert.deepEqual([letter.progress, (letter.payload as { records: object[] }).records], [[{ planned: [] }], [record(1)]]);
      await flow.release();
      const left = { planned: [{ index: 0 }] };
      await store.jobs.succeed((await flow.next()).lease, { result: {}, inherited: [{ letter: letter.id, left }] });
      assert.deepEqual((await superseded())[0]?.progress, [left]);
      await store.runs.replay(id, 'user:anna');
      await flow.release();
      await store.jobs.succeed((await flow.next()).lease, { result: {}, inherited: [{ letter: letter.id, left: undefined }] });
      assert.deepEqual(await superseded(), []);
    });

    it('forgets what tries wrote down of a letter that a person discarded', async () => {
      const { id, flow } = await newRun();
      await flow.refuseOne();
      await store.deadLetters.discard({ run: id }, { who: 'user:anna', comment: 'not wanted' });
      await store.runs.replay(id, 'user:anna');
      assert.deepEqual(await store.deadLetters.superseded({ run: id, queue: flow.write }), []);
    });

    it('gives a run that failed to the flow again', async () => {
      const { id, flow } = await newRun();
      const { run } = await flow.emitted();
      await store.jobs.bury(run.lease, 'The mapping is gone.');
      const { summary } = await replayed(store.runs.replay(id, 'user:anna'));
      assert.deepEqual([summary.state, summary.error], ['received', undefined]);
      assert.deepEqual(await store.deadLetters.list({ run: id }), []);
      await flow.apply();
      assert.equal((await figures(id)).applied, 2);
    });

    it('refuses a run that is under way, and changes nothing of it', async () => {
      const { id, flow } = await newRun();
      const refused = async (words: RegExp) => {
        const before = await store.runs.summary(id);
        const answer = await store.runs.replay(id, 'user:anna');
        assert.match(answer && 'refused' in answer ? answer.refused : '', words);
        assert.deepEqual(await store.runs.summary(id), before);
      };
      await refused(/under way \(received\)/);
      await flow.release();
      await refused(/under way \(applying\)/);
    });

    it('gives a run that two ask for at the same time to the flow once', async () => {
      const { id, flow } = await newRun();
      await flow.apply();
      const answers = await Promise.all(['user:anna', 'user:ben'].map((who) => store.runs.replay(id, who)));
      assert.equal(answers.filter((answer) => answer && 'summary' in answer).length, 1);
    });

    it('knows no run that was never accepted', async () => {
      const id = uuidv7();
      assert.equal(await store.runs.replay(id, 'user:anna'), undefined);
      await store.runs.begin({ id, interface: 'forecast-import', source: 'test' });
      assert.equal(await store.runs.replay(id, 'user:anna'), undefined);
    });

    it('names the newer runs of the same interface that reached Odoo', async () => {
      const own = `forecasts-${uuidv7()}`;
      const pause = () => new Promise((resolve) => setTimeout(resolve, 2));
      const older = await newRun(own);
      await older.flow.apply();
      await pause();
      const asked = await newRun(own);
      await asked.flow.apply();
      await pause();
      const newer = await newRun(own);
      await newer.flow.apply();
      await pause();
      await newRun(own);
      await (await newRun()).flow.apply();
      assert.deepEqual((await replayed(store.runs.replay(asked.id, 'user:anna'))).newer, [newer.id]);
      assert.deepEqual((await replayed(store.runs.replay(newer.id, 'user:anna'))).newer, []);
    });
  });
}

describe('replaying a run, seen from its database', () => {
  const DAY = 86_400_000;
  let folder: string;
  let store: Store;
  let file: Database.Database;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planbridge-replay-'));
    const url = join(folder, 'store.sqlite');
    store = await openStore({ url, retentionDays: 35 });
    file = new Database(url);
  });
  afterEach(async () => {
    file.close();
    await store.close();
    await rm(folder, { recursive: true });
  });

  const refusedOne = async () => {
    const id = uuidv7();
    const flow = runIn(store, id);
    await flow.accept();
    await flow.refuseOne();
    return id;
  };
  const refusal = async (run: string) => {
    const answer = await store.runs.replay(run, 'user:anna');
    return answer && 'refused' in answer ? answer.refused : '';
  };

  it('is audited with who asked, and how many dead letters it discarded', async () => {
    const id = await refusedOne();
    await store.runs.replay(id, 'user:anna');
    const entry = file.prepare("select who, subject, run, detail from audit where what = 'run.replayed'").get() as {
      detail: string;
    };
    assert.deepEqual(
      { ...entry, detail: JSON.parse(entry.detail) as unknown },
      { who: 'user:anna', subject: id, run: id, detail: { before: 'applied-with-exceptions', replays: 1, discarded: 1 } },
    );
    const { result } = file.prepare("select result from jobs where state = 'discarded'").get() as { result: string };
    assert.deepEqual(JSON.parse(result), { comment: 'The run was replayed.' });
  });

  it('refuses a run whose lines were swept away', async () => {
    const id = await refusedOne();
    file.prepare('update runs set updated_at = ?').run(Date.now() - 36 * DAY);
    await store.sweep();
    assert.match(await refusal(id), /its lines are gone/);
  });

  it('refuses a run of whose lines some were swept away', async () => {
    const id = await refusedOne();
    await store.runs.addPart(id, 1, [{ product: 'C' }]);
    file.prepare('update runs set parts = 2').run();
    file.prepare('delete from run_parts where part = 0').run();
    assert.match(await refusal(id), /its lines are gone/);
  });

  it('refuses a run whose intake job was swept away', async () => {
    const id = await refusedOne();
    const old = Date.now() - 36 * DAY;
    file.prepare("update jobs set updated_at = ?, key_expires_at = ? where kind = 'intake'").run(old, old);
    await store.sweep();
    assert.match(await refusal(id), /older than what the store keeps/);
  });

  it('leaves everything as it was when it is cut short at its last step', async () => {
    const id = await refusedOne();
    const rows = () =>
      ['runs', 'run_totals', 'jobs', 'job_progress', 'exceptions', 'audit'].map((table) =>
        file.prepare(`select * from ${table}`).all(),
      );
    const before = rows();
    file.exec("create trigger cut before insert on audit begin select raise(abort, 'cut short'); end");
    await assert.rejects(store.runs.replay(id, 'user:anna'), /cut short/);
    assert.deepEqual(rows(), before);
  });
});
