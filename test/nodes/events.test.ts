import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type IConnackPacket, type MqttClient } from 'mqtt';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import eventReceive from '../../nodes/event-receive/event-receive.ts';
import exceptionRoute from '../../nodes/exception-route/exception-route.ts';
import odooWrite from '../../nodes/odoo-write/odoo-write.ts';
import syncSettle from '../../nodes/sync-settle/sync-settle.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';
import { type Mosquitto, mosquittoPath, startMosquitto } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import type { TestServer } from '../support/servers.ts';
import { type NodeModule, nodeOf, redeploy, sentTo, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

const sparkplug = (
  createRequire(import.meta.url)('sparkplug-payload') as {
    get(name: string): { encodePayload(payload: object): Uint8Array };
  }
).get('spBv1.0');

/** Somebody else's node: it takes its time, and makes an exception of what comes, or fails. */
const slow = (RED: NodeAPI) =>
  RED.nodes.registerType('slow', function (this: Node, config: NodeDef & { milliseconds: number; fails?: string }) {
    RED.nodes.createNode(this, config);
    this.on('input', (message, send, done) => {
      setTimeout(() => {
        if (config.fails) return done(new Error(config.fails));
        const refusal = { reason: 'STOCK_OUT', stage: 'validation', message: 'none left', record: {}, source: 'test' };
        send({ ...message, payload: [refusal] });
        done();
      }, config.milliseconds);
    });
  });

const MODULES = [eventReceive, exceptionRoute, odooWrite, syncSettle, slow] as unknown as NodeModule[];

(mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)('events in a flow', function () {
  this.timeout(60_000);
  let broker: Mosquitto;
  let sender: MqttClient;
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  before(async () => {
    broker = await startMosquitto();
    sender = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
    sandbox = await startSandbox();
  });
  after(async () => {
    await sender?.endAsync(true);
    await broker?.close();
    await sandbox?.close();
  });
  afterEach(() => stopFlow());

  let count = 0;
  const site = () => `acme/WH/site-${count}`;
  const send = (payload: object | string, line = 'line') =>
    sender.publishAsync(`${site()}/${line}/stock-out`, typeof payload === 'string' ? payload : JSON.stringify(payload), {
      qos: 1,
    });
  const start = async (
    nodes: object[],
    more: object = {},
    options: { storeUrl?: string; credentials?: Record<string, object> } = {},
  ) => {
    count++;
    const receive = {
      id: 'receive',
      type: 'event-receive',
      store: 'store',
      url: broker.url,
      clientId: `flow-${process.pid}-${count}`,
      topics: `${site()}/#`,
      ...more,
    };
    const server: TestServer = { ...sandbox, name: 'sandbox', apiKey: undefined };
    await startFlow(MODULES, [{ ...receive }, ...nodes] as never, { odoo: server, ...options });
    // The session is there once the subscription is.
    await sleep(300);
  };
  const states = async () => (await store()).jobs.counts('event-receive:receive');
  const refuse = (name: string) => ({ id: name, type: 'helper' });

  it('sends each event once, however often it is sent, and settles it when nodes have taken it over', async () => {
    const write = { type: 'odoo-write', server: 'odoo', store: 'store', operation: 'create', model: 'res.partner', keys: 'ref' };
    await start(
      [
        // The test's stand-in for a mapping: a function node makes the record.
        { id: 'first', wires: [['seen']], ...write },
        { id: 'second', wires: [[]], ...write, keys: '' },
        refuse('seen'),
      ],
      { wires: [['first', 'second'], []] },
    );
    // Records and events have the same shape here, so that no mapping stands between: fields of res.partner only.
    const event = { id: `p-${count}`, source: '/s', type: 't', data: {} };
    await Promise.all([send(event), send(event), send(event)]);
    await until(async () => (await states()).done === 1);
    await sleep(300);
    assert.deepEqual(await states(), { done: 1 });
    const jobs = await store();
    for (const queue of ['odoo-write:first', 'odoo-write:second']) {
      const counts = await jobs.jobs.counts(queue);
      assert.equal(Object.values(counts).reduce((all, some) => all + some, 0) > 0, true, `${queue} took nothing over`);
    }
  });

  /** A branch that takes its time before it leads to exception-route. */
  const branches = (slowly: Record<string, unknown>) => [
    { id: 'write', type: 'odoo-write', server: 'odoo', store: 'store', operation: 'create', model: 'res.partner', wires: [[]] },
    { id: 'slow', type: 'slow', wires: [['route']], ...slowly },
    { id: 'route', type: 'exception-route', store: 'store', wires: [['seen'], ['seen'], ['seen'], ['seen']] },
    { id: 'seen', type: 'helper' },
  ];

  it('does not settle an event that one branch has taken over while another has it in hand still', async () => {
    await start(branches({ milliseconds: 700 }), { wires: [['write', 'slow'], []] });
    await send({ id: 'branches' });
    await sleep(450);
    assert.deepEqual(await states(), { running: 1 }, 'a kill now would lose what the other branch was to do');
    await waitFor('seen');
    await until(async () => (await states()).done === 1);
  });

  it('sends an event again where a node of whatever kind failed with it, and says how', async () => {
    await start(branches({ milliseconds: 10, fails: 'this node has no luck' }), {
      wires: [['write', 'slow'], []],
      maxAttempts: 1,
    });
    await send({ id: 'fails' });
    const opened = await store();
    let said: string | undefined;
    await until(async () => {
      said ??= (await opened.deadLetters.list({ queue: 'event-receive:receive' }))[0]?.error;
      return said !== undefined;
    });
    assert.deepEqual(await states(), { dead: 1 });
    assert.match(said ?? '', /this node has no luck/);
  });

  it('leaves an event to sync-settle where it is set to, whoever took it over', async () => {
    await start(branches({ milliseconds: 10 }), { wires: [['write', 'slow'], []], settledBy: 'sync-settle' });
    await send({ id: 'for-settle' });
    await waitFor('seen');
    await sleep(400);
    assert.deepEqual(await states(), { running: 1 });
  });

  it('sends an event again that nothing settled, and makes a dead letter of it after its tries', async () => {
    await start([refuse('seen')], { wires: [['seen'], []], leaseSeconds: 0.6, maxAttempts: 2 });
    await send({ id: 'lost' });
    await waitFor('seen', 2);
    await until(async () => (await states()).dead === 1);
    const [letter] = await (await store()).deadLetters.list();
    assert.match(letter?.error ?? '', /given to the flow 2 times/);
    assert.equal(sentTo('seen').length, 2);
  });

  it('waits for sync-settle where it is set to', async () => {
    const settle = { id: 'settle', type: 'sync-settle', store: 'store', wires: [['seen']] };
    const route = { id: 'route', type: 'exception-route', store: 'store', wires: [] };
    await start([settle, route, refuse('seen')], { wires: [['settle'], []], settledBy: 'sync-settle' });
    await send({ id: 'one' });
    await waitFor('seen');
    await until(async () => (await states()).done === 1);
  });

  it('sends what is no event by the second output, to be kept as an exception', async () => {
    const route = { id: 'route', type: 'exception-route', store: 'store', wires: [['seen'], ['seen'], ['seen'], ['seen']] };
    await start([route, refuse('seen')], { wires: [[], ['route']] });
    await send('{"id":');
    await send({ id: 'same', data: { a: 1 } });
    await send({ id: 'same', data: { a: 2 } });
    await waitFor('seen', 2);
    await until(async () => (await (await store()).exceptions.list()).length === 2);
    const reasons = (await (await store()).exceptions.list()).map(({ reason }) => reason);
    assert.deepEqual(reasons.toSorted(), ['KEY_CONFLICT', 'MALFORMED']);
  });

  it('understands data by the aliases of a birth that came before a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'planbridge-births-'));
    const options = { storeUrl: join(folder, 'store.sqlite') };
    /** Sends it until it is seen: as Sparkplug has it, with QoS 0, so that nobody keeps it who does not listen yet. */
    const sendMetrics = (kind: string, metrics: object[], isSeen: () => boolean) =>
      until(async () => {
        const payload = Buffer.from(sparkplug.encodePayload({ timestamp: Date.now(), seq: 1, metrics }));
        await sender.publishAsync(`spBv1.0/plant-${process.pid}/${kind}/edge/press`, payload, { qos: 0 });
        await sleep(100);
        return isSeen();
      });
    const topics = { topics: `spBv1.0/plant-${process.pid}/#`, wires: [['seen'], []] };
    await start([refuse('seen')], topics, options);
    await sendMetrics('DBIRTH', [{ name: 'Output', alias: 7, value: 0, type: 'Int32' }], () => sentTo('seen').length > 0);
    await stopFlow();
    await start([refuse('seen')], topics, options);
    await sendMetrics('DDATA', [{ alias: 7, value: 12, type: 'Int32' }], () =>
      sentTo('seen').some(({ payload }) => JSON.stringify(payload).includes('"Output":12')),
    );
    await stopFlow();
    await rm(folder, { recursive: true });
  });

  /** Whether the broker keeps a session under a client id; whoever is connected under it is thrown out. */
  const isKept = async (clientId: string): Promise<boolean> => {
    const client = mqtt.connect(broker.url, { clientId, clean: false, protocolVersion: 5, reconnectPeriod: 0 });
    const { sessionPresent } = await new Promise<IConnackPacket>((resolve) => client.once('connect', resolve));
    await client.endAsync();
    return sessionPresent;
  };
  const deployed = (topics: string, more: object = {}) => {
    const clientId = `flow-${process.pid}-${count}`;
    const node = { id: 'receive', type: 'event-receive', z: 'tab', store: 'store', url: broker.url, clientId };
    return { ...node, topics, wires: [[], []], ...more };
  };

  it('is subscribed to what it is set to, and to nothing that it was set to before', async () => {
    await start([], { wires: [[], []] });
    await redeploy([deployed(`${site()}/other/#, ${site()}/third/#`)]);
    await sleep(500);
    await redeploy([deployed(`${site()}/third/#`)]);
    await sleep(500);
    for (const line of ['line', 'other', 'third']) await send({ id: line }, line);
    await sleep(500);
    assert.deepEqual(await states(), { running: 1 });
    const { clientId } = deployed('');
    await sleep(5_500);
    assert.equal(await isKept(`${clientId}-2`), false, 'the second connection was not given up');
    assert.equal(await isKept(clientId), true);
  });

  it('gives its session up when it is deleted, and keeps it while it is disabled', async () => {
    await start([], { wires: [[], []] });
    const { clientId, topics } = deployed(`${site()}/#`);
    await redeploy([deployed(topics, { d: true })]);
    assert.equal(await isKept(clientId), true);
    await redeploy([deployed(topics)]);
    await sleep(500);
    await redeploy([]);
    assert.equal(await isKept(clientId), false);
  });

  it('has a client id of its own for each node where none is set, so that a group shares the messages', async () => {
    const blank = { clientId: '', group: `group-${process.pid}`, wires: [['seen'], []] };
    const other = { ...blank, id: 'other', type: 'event-receive', store: 'store', url: broker.url, wires: [['seen-too'], []] };
    await start([{ ...other, topics: `acme/WH/site-${count + 1}/#` }, refuse('seen'), refuse('seen-too')], blank);
    await sleep(1_500);
    await Promise.all(Array.from({ length: 20 }, (_, at) => send({ id: `shared-${at}` })));
    await until(() => sentTo('seen').length + sentTo('seen-too').length === 20);
    await sleep(200);
    assert.ok(sentTo('seen').length > 0 && sentTo('seen-too').length > 0, 'one of them has thrown the other one out');
    assert.equal(sentTo('seen').length + sentTo('seen-too').length, 20);
  });

  it('shows that the broker refuses the login, and goes on trying', async () => {
    const locked = await startMosquitto({ users: { planner: 'right' } });
    const texts: unknown[] = [];
    try {
      await start([refuse('seen')], { url: locked.url }, { credentials: { receive: { user: 'planner', password: 'wrong' } } });
      const node = nodeOf('receive');
      node.status = (status) => void texts.push((status as { text?: string }).text);
      await until(() => texts.length > 0);
      await sleep(1_500);
      assert.deepEqual(new Set(texts), new Set(['failure.broker.refused']));
    } finally {
      await stopFlow();
      await locked.close();
    }
  });

  it('keeps what Odoo refuses of an event as a dead letter', async () => {
    const write = {
      id: 'write',
      type: 'odoo-write',
      server: 'odoo',
      store: 'store',
      operation: 'upsert',
      model: 'res.partner',
      keys: 'ref',
    };
    await start([write], { wires: [['write'], []] });
    const client = openOdoo({ url: sandbox.url, database: sandbox.database, login: sandbox.login, password: sandbox.password });
    // An event is no record of Odoo's: it is refused as such, and stands in the dead letters with Odoo's words.
    await send({ id: 'as-it-is', data: { name: 'x' } });
    await until(async () => (await (await store()).deadLetters.list()).length > 0);
    const found = await searchAll(client, { model: 'res.partner', domain: [['ref', '=', 'as-it-is']], fields: ['name'] });
    await client.close();
    assert.deepEqual(found, []);
  });
});
