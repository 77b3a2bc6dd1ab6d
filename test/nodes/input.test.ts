import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { v7 as uuidv7 } from 'uuid';
import { type Handler, onInput } from '../../lib/node/input.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { nodeOf, sentTo, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

describe('the input of our nodes', () => {
  let handle: Handler;
  const tried = (RED: NodeAPI) =>
    RED.nodes.registerType('tried', function (this: Node, config: NodeDef) {
      RED.nodes.createNode(this, config);
      onInput(RED, this, (message, send, signal) => handle(message, send, signal));
    });

  beforeEach(() =>
    startFlow(
      [tried],
      [
        { id: 'tried', type: 'tried', wires: [['out']] },
        { id: 'out', type: 'helper' },
        { id: 'finished', type: 'complete', scope: ['tried'], wires: [['completed']] },
        { id: 'completed', type: 'helper' },
        { id: 'catching', type: 'catch', scope: null, wires: [['caught']] },
        { id: 'caught', type: 'helper' },
      ],
    ),
  );
  afterEach(stopFlow);
  const receive = (message: Record<string, unknown>) => nodeOf('tried').receive(message);

  it('takes messages one after the other, in the order in which they came', async () => {
    let under = 0;
    handle = async (message, send) => {
      assert.equal(++under, 1, 'two were taken at once');
      await sleep(Number(message.wait));
      under--;
      send(message);
    };
    for (const [payload, wait] of [30, 1, 10, 0].entries()) receive({ payload, wait });
    const messages = await waitFor('out', 4);
    assert.deepEqual(
      messages.map(({ payload }) => payload),
      [0, 1, 2, 3],
    );
  });

  it('says once of each message that it is done, also when it failed', async () => {
    handle = ({ payload }) => {
      if (payload === 'bad') throw new Error('no');
    };
    for (const payload of ['one', 'bad', 'two']) receive({ payload });
    await waitFor('completed', 2);
    await sleep(30);
    const told = (id: string) => sentTo(id).map(({ payload }) => payload);
    assert.deepEqual([told('completed'), told('caught')], [['one', 'two'], ['bad']]);
  });

  it('turns every failure into one that a catch node gets with its code, and goes on', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const faults: (() => unknown)[] = [
      () => {
        throw new OdooError('locked', 'Somebody else changed it.');
      },
      () => Promise.reject(Object.assign(new Error('no'), { code: 'payload' })),
      () => {
        throw new TypeError('a fault of ours');
      },
    ];
    handle = (_, send) => {
      const fault = faults.shift();
      return fault ? (fault() as Promise<void>) : send({ payload: 'after' });
    };
    for (let at = 0; at < 4; at++) receive({ payload: at });
    await waitFor('out');
    const caught = await waitFor('caught', 3);
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
    assert.deepEqual(
      caught.map(({ payload, error }) => [
        payload,
        (error as { code?: string }).code,
        (error as { message: string }).message.replace(/^\w+: /, ''),
      ]),
      [
        [0, 'locked', 'Somebody else changed it.'],
        [1, 'payload', 'no'],
        [2, undefined, 'a fault of ours'],
      ],
    );
  });

  describe('of a run', () => {
    /** An accepted run, claimed as forecast-receive would. */
    const run = async (maxAttempts = 3) => {
      const opened = await store();
      const id = uuidv7();
      const begun = { id, interface: 'forecast-import', source: 'test' };
      await opened.runs.begin(begun);
      await opened.runs.addPart(id, 0, [{ product: 'X' }]);
      await opened.runs.accept(begun, { lines: 1, contentHash: 'x', queue: 'q', maxAttempts });
      const [job] = await opened.jobs.claim('q', { owner: 'test', leaseSeconds: 60, limit: 1 });
      assert.ok(job);
      const message: Partial<FlowMessage> = {
        sync: { run: id, lease: { ...job.lease, store: 'store' } },
        parts: { id, index: 0, count: 1 },
        payload: [],
      };
      return { id, message, opened };
    };
    const claimedNext = async () => {
      const opened = await store();
      await until(async () => (await opened.jobs.dueIn('q')) === 0);
      const [job] = await opened.jobs.claim('q', { owner: 'test', leaseSeconds: 60, limit: 1 });
      return job;
    };

    it('is given back when a message of it fails, to come again later', async () => {
      const { id, message, opened } = await run();
      handle = () => {
        throw new OdooError('locked', 'Somebody else changed it.');
      };
      receive(message);
      await waitFor('caught');
      const due = await opened.jobs.dueIn('q');
      assert.ok(due !== undefined && due > 0 && due <= 1_000, `due in ${due}`);
      assert.equal((await opened.runs.summary(id))?.error, 'Somebody else changed it.');
      assert.equal((await claimedNext())?.attempt, 2);
    });

    it('has no attempt counted when Odoo was away', async () => {
      const { message } = await run();
      handle = () => {
        throw new OdooError('unavailable', 'Odoo does not answer.');
      };
      receive(message);
      await waitFor('caught');
      assert.equal((await claimedNext())?.attempt, 1);
    });

    it('drops in silence what comes late of an emission that went on without it', async () => {
      const { message, opened } = await run();
      let fail = true;
      handle = async ({ sync }) => {
        if (fail) throw new OdooError('locked', 'Somebody else changed it.');
        if (sync?.lease) await opened.runs.total(sync.lease, 'validated', '0', { lines: 1, quantity: '1' });
      };
      receive(message);
      await waitFor('caught');
      fail = false;
      receive(message);
      await waitFor('completed');
      await sleep(30);
      assert.equal(sentTo('caught').length, 1);
      assert.equal((await claimedNext())?.attempt, 2);
    });
  });
});
