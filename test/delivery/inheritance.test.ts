import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import { doWriteJob } from '../../lib/delivery/do-write-job.ts';
import { giveUpWrite } from '../../lib/delivery/give-up.ts';
import type { WriteResult } from '../../lib/delivery/write-settlement.ts';
import { nextRun } from '../../lib/intake/emission.ts';
import { type Call, type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';

const MODEL = 'res.partner';
const QUEUE = 'odoo-write:test';
const FOLLOW_UP = 'send_word';

describe('writing a run that is replayed', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let odoo: OdooClient;
  let store: Store;
  let run: string;
  /** What Odoo answers to a call before it does it, where it is not to do it. */
  let answering: (call: Call) => unknown;
  /** Ids that the follow-up was called on. */
  let followed: number[];

  before(async () => {
    sandbox = await startSandbox();
    const { url, database, login, password } = sandbox;
    odoo = openOdoo({ url, database, login, password });
  });
  after(async () => {
    await odoo.close();
    await sandbox.close();
  });
  beforeEach(async () => {
    store = await openStore({ url: ':memory:' });
    answering = () => undefined;
    followed = [];
    run = uuidv7();
    const begun = { id: run, interface: 'forecast-import', source: 'test' };
    await store.runs.begin(begun);
    await store.runs.addPart(run, 0, [{}]);
    await store.runs.accept(begun, { lines: 2, contentHash: 'abc', queue: 'intake', maxAttempts: 3 });
  });
  afterEach(() => store.close());

  const client = (): OdooClient => ({
    ...odoo,
    async call(call) {
      const answer = answering(call);
      if (answer !== undefined) return answer;
      if (call.method !== FOLLOW_UP) return odoo.call(call);
      followed.push(...(call.ids ?? []));
      return true;
    },
  });
  const refusing = (method: string) => (call: Call) => {
    if (call.method === method) throw new OdooError('validation', 'Odoo says no.', { model: MODEL });
  };

  const away = () => {
    throw new OdooError('unavailable', 'Odoo is away.');
  };

  /** Emits the run: its two records in jobs of so many. */
  const emit = async (payload: object, records: readonly object[], size = 2) => {
    const emitted = await nextRun(store, { queue: 'intake', owner: 'test', leaseSeconds: 60 });
    assert.ok(emitted);
    const { lease } = emitted;
    for (const stage of ['validated', 'accepted'] as const)
      await store.runs.total(lease, stage, '0', { lines: 2, quantity: '0' });
    for (let at = 0; at < records.length; at += size) {
      const job = { model: MODEL, ...payload, records: records.slice(at, at + size) };
      const key = `${await store.runs.key(run)}/${at}`;
      await store.jobs.add([{ queue: QUEUE, kind: 'odoo-write', key, run, payload: job, maxAttempts: 3 }], lease);
    }
    await store.runs.handOver(lease);
    assert.equal(await store.runs.release(lease), 'released');
  };
  const claim = async () => {
    const [claimed] = await store.jobs.claim(QUEUE, { owner: 'test', leaseSeconds: 60, limit: 1 });
    return claimed ?? assert.fail('there is no job');
  };
  const hold = { signal: new AbortController().signal, confirm: async () => {} };
  const doNext = async (): Promise<WriteResult> => {
    const claimed = await claim();
    const result = await doWriteJob(store, client(), claimed, hold, 'test');
    await store.jobs.succeed(claimed.lease, result);
    return result;
  };
  /** Does the next job, which breaks off, and gives it up. */
  const giveUpNext = async () => {
    const claimed = await claim();
    const failed = await doWriteJob(store, client(), claimed, hold, 'test').then(
      () => assert.fail('it was done'),
      (error: Error) => error,
    );
    await store.jobs.bury(claimed.lease, failed.message, await giveUpWrite(store, claimed, failed, 'test'));
  };
  const replay = async () => {
    answering = () => undefined;
    const answer = await store.runs.replay(run, 'user:anna');
    assert.ok(answer && 'summary' in answer);
  };
  const held = async (refs: readonly string[]) =>
    (await searchAll(odoo, { model: MODEL, domain: [['ref', 'in', [...refs]]], fields: ['name'], order: 'ref' })).map(
      ({ id }) => id,
    );
  const kinds = ({ outcomes }: WriteResult) => outcomes.map(({ outcome }) => outcome);
  const two = (name: string) => [`${name}-1`, `${name}-2`];
  const named = (refs: readonly string[]) => refs.map((ref) => ({ ref, name: ref }));

  const UPSERT = { operation: 'upsert', keys: ['ref'], followUp: FOLLOW_UP };
  const CREATE = { operation: 'create', keys: ['ref'] };

  for (const payload of [UPSERT, CREATE])
    it(`finds every ${payload.operation} done that the run did before`, async () => {
      const refs = two(`done-${payload.operation}`);
      await emit(payload, named(refs));
      await doNext();
      const before = await held(refs);
      followed = [];
      await replay();
      await emit(payload, named(refs));
      assert.deepEqual(kinds(await doNext()), ['unchanged', 'unchanged']);
      assert.deepEqual([await held(refs), followed], [before, []]);
      const { state, accepted, applied, unchanged } = (await store.runs.summary(run)) ?? assert.fail('no run');
      assert.deepEqual([state, accepted, applied, unchanged], ['applied', 2, 0, 2]);
    });

  for (const payload of [UPSERT, { ...CREATE, followUp: FOLLOW_UP }])
    it(`calls a follow-up of an ${payload.operation} that Odoo refused before, on records that were written then; and once`, async () => {
      const refs = two(`owed-${payload.operation}`);
      answering = refusing(FOLLOW_UP);
      await emit(payload, named(refs));
      assert.deepEqual(kinds(await doNext()), ['refused', 'refused']);
      const ids = await held(refs);
      assert.equal(ids.length, 2);
      await replay();
      await emit(payload, named(refs));
      await doNext();
      assert.deepEqual(followed, ids);
      assert.equal((await store.runs.summary(run))?.state, 'applied');
      await replay();
      await emit(payload, named(refs));
      assert.deepEqual(kinds(await doNext()), ['unchanged', 'unchanged']);
      assert.deepEqual([followed, await held(refs)], [ids, ids], 'something was done a second time');
    });

  it('still owes a follow-up that Odoo refuses in the replay as well', async () => {
    const refs = two('still-owed');
    answering = refusing(FOLLOW_UP);
    await emit(UPSERT, named(refs));
    await doNext();
    await replay();
    answering = refusing(FOLLOW_UP);
    await emit(UPSERT, named(refs));
    assert.deepEqual(kinds(await doNext()), ['refused', 'refused']);
    await replay();
    await emit(UPSERT, named(refs));
    await doNext();
    assert.deepEqual(followed, await held(refs));
  });

  it('goes on from a job that was given up half-way, though its batches are cut otherwise', async () => {
    const refs = two('half');
    answering = (call) => {
      if (call.method === FOLLOW_UP) throw new OdooError('unavailable', 'Odoo is away.');
    };
    await emit(UPSERT, named(refs));
    await giveUpNext();
    const ids = await held(refs);
    await replay();
    await emit(UPSERT, named(refs), 1);
    await doNext();
    assert.deepEqual(followed, ids.slice(0, 1));
    await doNext();
    assert.deepEqual(followed, ids);
  });

  it('looks up a create whose answer was lost before the run was replayed', async () => {
    const refs = two('lost');
    answering = (call) => {
      if (call.method !== 'create') return undefined;
      answering = away;
      return odoo.call(call).then(() => Promise.reject(new OdooError('unknown-outcome', 'No answer came.')));
    };
    await emit(CREATE, named(refs));
    await giveUpNext();
    const before = await held(refs);
    assert.equal(before.length, 2);
    await replay();
    await emit(CREATE, named(refs));
    assert.deepEqual(kinds(await doNext()), ['created', 'created']);
    assert.deepEqual(await held(refs), before);
  });

  for (const payload of [UPSERT, { ...CREATE, followUp: FOLLOW_UP }])
    it(`still owes a follow-up of an ${payload.operation} where the replay is given up`, async () => {
      const refs = two(`given-up-${payload.operation}`);
      answering = refusing(FOLLOW_UP);
      await emit(payload, named(refs));
      await doNext();
      const ids = await held(refs);
      await replay();
      await emit(payload, named(refs));
      answering = away;
      await giveUpNext();
      assert.equal((await store.runs.summary(run))?.state, 'applied-with-exceptions');
      answering = () => undefined;
      await store.deadLetters.replay({ run }, { who: 'user:anna' });
      await doNext();
      await doNext();
      assert.deepEqual([await held(refs), followed.toSorted()], [ids, ids]);
      assert.equal((await store.runs.summary(run))?.state, 'applied');
    });

  it('leaves alone what a person discarded', async () => {
    const refs = two('discarded');
    answering = refusing(FOLLOW_UP);
    await emit(UPSERT, named(refs));
    await doNext();
    await store.deadLetters.discard({ run }, { who: 'user:anna', comment: 'not wanted' });
    await replay();
    await emit(UPSERT, named(refs));
    assert.deepEqual(kinds(await doNext()), ['unchanged', 'unchanged']);
    assert.deepEqual(followed, []);
  });
});
