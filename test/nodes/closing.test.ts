import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { acceptRun } from '../../lib/intake/accept.ts';
import { serverOf, storeOf } from '../../lib/node/config-nodes.ts';
import { type Handler, onInput } from '../../lib/node/input.ts';
import { count } from '../../lib/odoo/pages.ts';
import { openStore } from '../../lib/store/open.ts';
import { type Sandbox, startSandbox } from '../../sandbox/odoo/server.ts';
import { nodeOf, startFlow, stopFlow, store, until } from './flow.ts';

describe('a node that closes', () => {
  let handle: Handler;
  let flow: NodeAPI;
  let sandbox: Sandbox;
  let folder: string;
  const tried = (RED: NodeAPI) => {
    flow = RED;
    RED.nodes.registerType('tried', function (this: Node, config: NodeDef) {
      RED.nodes.createNode(this, config);
      onInput(RED, this, (message, send, signal) => handle(message, send, signal), ['store', 'odoo']);
    });
  };
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planbridge-closing-'));
    await startFlow([tried], [{ id: 'tried', type: 'tried' }], {
      odoo: { ...sandbox, name: 'sandbox' },
      storeUrl: join(folder, 'store.sqlite'),
    });
  });
  afterEach(async () => {
    await stopFlow();
    await rm(folder, { recursive: true });
  });

  it('finishes the message in hand, with the store and the server still open', async () => {
    const client = serverOf(flow, 'odoo').client();
    const opened = await store();
    let done: unknown;
    handle = async () => {
      await sleep(100);
      done = [await count(client, { model: 'res.company' }), await opened.runs.latest()];
    };
    nodeOf('tried').receive({});
    await sleep(10);
    await stopFlow();
    assert.deepEqual(done, [1, []]);
    await assert.rejects(() => opened.runs.latest(), 'the store was left open');
    await assert.rejects(() => client.call({ model: 'res.company', method: 'search', args: { domain: [] } }));
  });

  it('calls off what listens to the signal, and hands its run back to come again at once, uncounted', async () => {
    const opened = await store();
    const how = { interface: 'forecast-import', source: 'test', maxBytes: 1e6, queue: 'q', maxAttempts: 3 };
    const claimed = [];
    for (let at = 0; at < 2; at++) {
      await acceptRun(opened, 'product\nA\n', how);
      claimed.push(...(await opened.jobs.claim('q', { owner: 'test', leaseSeconds: 600, limit: 1 })));
    }
    let begun = 0;
    handle = (_message, _send, signal) => {
      begun++;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    for (const { run, lease } of claimed)
      nodeOf('tried').receive({ payload: [], sync: { run, lease: { ...lease, store: 'store' } } });
    await until(() => begun === 1);
    await stopFlow();
    assert.equal(begun, 1, 'it took a further message while it was closing');
    const again = await openStore({ url: join(folder, 'store.sqlite') });
    const jobs = await again.jobs.claim('q', { owner: 'test', leaseSeconds: 60, limit: 5 });
    await again.close();
    assert.deepEqual(
      jobs.map(({ run, attempt }) => [run, attempt]),
      claimed.map(({ run }) => [run, 1]),
    );
  });

  it('closes its store also when what was waited for has failed', async () => {
    const since = Date.now();
    storeOf(flow, 'store').keepFor(Promise.reject(new Error('failed')));
    await stopFlow();
    assert.ok(Date.now() - since < 1_000);
  });
});
