import assert from 'node:assert/strict';
import { doWriteJob } from '../../lib/delivery/do-write-job.ts';
import { giveUpWrite } from '../../lib/delivery/give-up.ts';
import type { WriteResult } from '../../lib/delivery/write-settlement.ts';
import { type Call, type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';

const MODEL = 'res.partner';
const QUEUE = 'odoo-write:test';

describe('giving up a write job', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let odoo: OdooClient;
  let store: Store;
  /** Throws for a call, or lets it through. */
  let fault: (call: Call) => Promise<void>;
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
    fault = async () => {};
    store = await openStore({ url: ':memory:' });
  });
  afterEach(() => store.close());

  const client = (): OdooClient => ({
    ...odoo,
    async call(call) {
      await fault(call);
      return odoo.call(call);
    },
  });
  const hold = { signal: new AbortController().signal, confirm: async () => {} };
  const claim = async () => {
    const [claimed] = await store.jobs.claim(QUEUE, { owner: 'test', leaseSeconds: 60, limit: 1 });
    return claimed ?? assert.fail('there is no job');
  };
  /** Does the job, which fails, and gives it up. */
  const giveUp = async (payload: object): Promise<WriteResult> => {
    await store.jobs.add([
      { queue: QUEUE, kind: 'odoo-write', key: 'one', payload: { model: MODEL, ...payload }, maxAttempts: 1 },
    ]);
    const claimed = await claim();
    const failed = await doWriteJob(store, client(), claimed, hold, 'test').then(
      () => assert.fail('it was done'),
      (error: Error) => error,
    );
    const result = await giveUpWrite(store, claimed, failed, 'test');
    await store.jobs.bury(claimed.lease, failed.message, result);
    return result;
  };
  const doNext = async (): Promise<WriteResult> => {
    const claimed = await claim();
    const result = await doWriteJob(store, client(), claimed, hold, 'test');
    await store.jobs.succeed(claimed.lease, result);
    return result;
  };
  const letters = async () =>
    (await store.deadLetters.list()).toReversed().map(({ payload, error }) => ({
      error,
      refs: (payload as { records: { ref: string }[] }).records.map(({ ref }) => ref),
    }));
  const held = async (prefix: string) =>
    (await searchAll(odoo, { model: MODEL, domain: [['ref', '=like', `${prefix}%`]], fields: ['ref'], order: 'ref' })).length;
  const named = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, at) => ({ ref: `${prefix}-${at + 1}`, name: `${prefix} ${at + 1}` }));
  const kinds = ({ outcomes }: WriteResult) => outcomes.map(({ outcome }) => outcome);

  it('makes each record a dead letter, for the same cause', async () => {
    fault = async () => {
      throw new OdooError('protocol', 'The answer is not Odoo’s.');
    };
    const { refusals } = await giveUp({ operation: 'upsert', keys: ['ref'], records: named('each', 3) });
    assert.deepEqual(
      refusals.map(({ reason, record }) => [reason, record.ref]),
      [1, 2, 3].map((at) => ['DELIVERY_FAILED', `each-${at}`]),
    );
    assert.deepEqual(
      await letters(),
      [1, 2, 3].map((at) => ({ refs: [`each-${at}`], error: 'Given up after its last try (1): The answer is not Odoo’s.' })),
    );
    assert.equal((await store.deadLetters.groups()).length, 1);
    fault = async () => {};
    await store.deadLetters.replay({}, { who: 'anna' });
    for (const _ of [1, 2, 3]) assert.deepEqual(kinds(await doNext()), ['created']);
    assert.equal(await held('each'), 3);
  });

  it('keeps what Odoo answered for as done, and says of what its outcome is unknown, so that a replay looks it up', async () => {
    fault = async (call) => {
      const { vals_list: [first] = [] } = (call.args ?? {}) as { vals_list?: { ref: string }[] };
      if (call.method !== 'create' || first?.ref !== 'half-2') return;
      // Odoo has done it, and its answer is lost.
      await odoo.call(call);
      fault = async () => {
        throw new OdooError('unavailable', 'Odoo is away.');
      };
      throw new OdooError('unknown-outcome', 'No answer came.');
    };
    const given = await giveUp({ operation: 'create', keys: ['ref'], batchSize: 1, records: named('half', 3) });
    assert.deepEqual(kinds(given), ['created', 'refused', 'refused']);
    const [unknown, open, ...more] = await letters();
    assert.deepEqual([unknown?.refs, open?.refs, more], [['half-2'], ['half-3'], []]);
    assert.match(unknown?.error ?? '', /^Outcome unknown after its last try \(1\): /);
    assert.match(open?.error ?? '', /^Given up after its last try/);
    fault = async () => {};
    await store.deadLetters.replay({}, { who: 'anna' });
    for (const _ of [1, 2]) assert.deepEqual(kinds(await doNext()), ['created']);
    assert.equal(await held('half'), 3);
  });

  it('does not create once more what only the follow-up was refused on', async () => {
    fault = async ({ method }) => {
      if (method === 'no_such_thing') throw new OdooError('validation', 'Odoo says no.');
    };
    const payload = { model: MODEL, operation: 'create', followUp: 'no_such_thing', records: named('then', 1) };
    await store.jobs.add([{ queue: QUEUE, kind: 'odoo-write', key: 'then', payload, maxAttempts: 1 }]);
    assert.deepEqual(kinds(await doNext()), ['refused']);
    await store.deadLetters.replay({}, { who: 'anna' });
    assert.deepEqual(kinds(await doNext()), ['refused']);
    assert.equal(await held('then'), 1);
  });
});
