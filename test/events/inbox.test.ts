import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Aedes, type AedesOptions } from 'aedes';
import mqtt, { type MqttClient } from 'mqtt';
import { clientIdOf } from '../../lib/events/client-id.ts';
import { type Inbox, type InboxOptions, openInbox } from '../../lib/events/inbox.ts';
import { startBroker } from '../../sandbox/broker.ts';
import { type Mosquitto, mosquittoPath, startMosquitto } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { NO_OTHERS } from '../support/session-filters.ts';

(mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)('the inbox', function () {
  this.timeout(60_000);
  let broker: Mosquitto;
  let sender: MqttClient;
  let inboxes: Inbox[];
  let accepted: string[];
  const closing: (() => Promise<void>)[] = [];
  let count = 0;
  before(async () => {
    broker = await startMosquitto();
    sender = await mqtt.connectAsync(broker.url, { protocolVersion: 5, reconnectPeriod: 100 });
  });
  after(async () => {
    await sender?.endAsync(true);
    await broker?.close();
  });
  beforeEach(() => {
    [inboxes, accepted] = [[], []];
    count++;
  });
  afterEach(async () => {
    for (const inbox of inboxes) await inbox.stop();
    for (const close of closing.splice(0)) await close();
  });

  const topic = () => `acme/WH/test/${count}`;
  const open = async (more: Partial<InboxOptions> = {}): Promise<Inbox> => {
    const connected = Promise.withResolvers<void>();
    const inbox = openInbox({
      url: broker.url,
      clientId: `test-${process.pid}-${count}`,
      topic: `${topic()}/#`,
      version: 5,
      sessionSeconds: 600,
      filters: NO_OTHERS,
      accept: async ({ payload }) => void accepted.push(payload.toString()),
      onConnected: connected.resolve,
      onTrouble: () => {},
      ...more,
    });
    inboxes.push(inbox);
    await connected.promise;
    return inbox;
  };
  const send = (...texts: string[]) => Promise.all(texts.map((text) => sender.publishAsync(`${topic()}/x`, text, { qos: 1 })));
  /** A broker that speaks no MQTT 5, for one test; `asked` are the versions that it was asked for. */
  const old = async (options: AedesOptions, port = 0) => {
    const asked: number[] = [];
    const sockets: Socket[] = [];
    const aedes = await Aedes.createBroker({
      preConnect: (_, { protocolVersion }, done) => {
        asked.push(protocolVersion ?? 0);
        done(null, true);
      },
      ...options,
    });
    const server = createServer((socket) => void sockets.push(aedes.handle(socket).conn as Socket));
    await once(server.listen(port, '127.0.0.1'), 'listening');
    const cut = () => sockets.splice(0).map((socket) => socket.destroy());
    closing.push(async () => {
      server.close();
      cut();
      await new Promise<void>((resolve) => aedes.close(resolve));
    });
    return { aedes, asked, cut, url: `mqtt://127.0.0.1:${(server.address() as { port: number }).port}` };
  };
  const until = async (holds: () => boolean) => {
    for (let attempt = 0; attempt < 800 && !holds(); attempt++) await sleep(25);
    assert.ok(holds(), `it never came: ${accepted}`);
  };

  for (const version of ['auto', 4, 5] as const)
    it(`takes messages in order, by MQTT ${version}`, async () => {
      await open({ version });
      await send('1', '2', '3');
      await until(() => accepted.length === 3);
      assert.deepEqual(accepted, ['1', '2', '3']);
    });

  it('gets again what it had not accepted when its process ended', async () => {
    const program = `
      import { openInbox } from ${JSON.stringify(import.meta.resolve('../../lib/events/inbox.ts'))};
      openInbox({
        url: ${JSON.stringify(broker.url)}, clientId: 'test-${process.pid}-${count}', topic: '${topic()}/#', version: 5,
        sessionSeconds: 600, filters: { beside: async () => [], ended: async () => {} }, onTrouble() {}, onConnected: () => console.log('connected'),
        accept: () => new Promise(() => console.log('taking')),
      });`;
    const killed = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    killed.stdout.on('data', (piece) => {
      said += piece;
    });
    await until(() => said.includes('connected'));
    await send('1', '2');
    await until(() => said.includes('taking'));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    await open();
    await until(() => accepted.length === 2);
    assert.deepEqual(accepted.toSorted(), ['1', '2']);
  });

  it('does not acknowledge what the store refuses, and takes it once the store is back', async () => {
    let refusing = true;
    const [troubles, attempts] = [[] as string[], [] as number[]];
    await open({
      accept: async ({ payload }, attempt) => {
        attempts.push(attempt);
        if (refusing) throw new Error('The disk is full.');
        accepted.push(payload.toString());
      },
      onTrouble: ({ message }) => troubles.push(message),
    });
    await send('1', '2');
    await until(() => troubles.includes('The disk is full.') && attempts.length >= 2);
    refusing = false;
    await until(() => accepted.length >= 2);
    assert.deepEqual([...new Set(accepted)], ['1', '2']);
    assert.deepEqual([attempts.slice(0, 2), attempts.at(-1)], [[1, 2], 1]);
  });

  it('stops within seconds while the store refuses what waits, and leaves it with the broker', async () => {
    const first = await open();
    await first.stop();
    await send('1', '2', '3');
    const refused = Promise.withResolvers<void>();
    const accept = async () => {
      refused.resolve();
      throw new Error('The disk is full.');
    };
    // Its subscription is not answered before the first message is taken.
    void open({ accept });
    await refused.promise;
    const since = Date.now();
    const stopped = await Promise.race([
      inboxes
        .at(-1)
        ?.stop()
        .then(() => true),
      sleep(8_000, false),
    ]);
    assert.ok(stopped, 'it never ended');
    assert.ok(Date.now() - since < 5_000);
    await open();
    await until(() => accepted.length === 3);
    assert.deepEqual(accepted, ['1', '2', '3']);
  });

  it('gets what came while it was away', async () => {
    const first = await open();
    await first.stop();
    await send('1', '2');
    await open();
    await until(() => accepted.length === 2);
  });

  it('goes on when the broker was restarted or killed', async () => {
    await open();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await send(`before ${signal}`);
      await until(() => accepted.includes(`before ${signal}`));
      await broker.stop(signal);
      await broker.start();
      await send(`after ${signal}`);
      await until(() => accepted.includes(`after ${signal}`));
    }
  });

  it('shares the messages with others of its group', async () => {
    const shared = { topic: `$share/group/${topic()}/#` };
    const instances = ['plant-a', 'plant-b'].map((host) => ({ host, folder: '/data', node: `events-${count}` }));
    const [took, troubles] = [[] as string[], [] as string[]];
    for (const instance of instances)
      await open({
        ...shared,
        clientId: clientIdOf(instance),
        accept: async ({ payload }) => {
          took.push(instance.host);
          accepted.push(payload.toString());
        },
        onTrouble: ({ message }) => troubles.push(message),
      });
    await sleep(1_500);
    await send(...Array.from({ length: 20 }, (_, at) => String(at)));
    await until(() => accepted.length === 20);
    await sleep(100);
    assert.equal(new Set(accepted).size, 20);
    assert.equal(accepted.length, 20);
    assert.equal(new Set(took).size, 2, 'one of them took them all');
    assert.deepEqual(troubles, []);
  });

  it('says that another client came in under its id, and leaves that one be for a while', async () => {
    const troubles: (Error & { code?: string })[] = [];
    let connections = 0;
    const server = createServer((socket) => {
      socket.once('data', () => {
        connections++;
        // CONNACK, and DISCONNECT with the reason code 0x8E.
        socket.write(Buffer.from('2003000000', 'hex'));
        setTimeout(() => socket.end(Buffer.from('e0028e00', 'hex')), 50);
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    closing.push(async () => void server.close());
    const url = `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`;
    void open({ url, onTrouble: (error) => troubles.push(error) });
    await sleep(2_500);
    assert.equal(connections, 1, 'it threw the other one out');
    assert.deepEqual(new Set(troubles.map(({ code }) => code)), new Set(['taken-over']));
    assert.match(troubles[0]?.message ?? '', /Give each instance one of its own/);
  });

  it('says what may be the matter where the broker does not tell that another client came in', async () => {
    const troubles: string[] = [];
    await open({ onTrouble: ({ message }) => troubles.push(message) });
    const other = { clientId: `test-${process.pid}-${count}`, protocolVersion: 5, clean: false, reconnectPeriod: 0 } as const;
    const came = await mqtt.connectAsync(broker.url, other);
    await until(() => troubles.some((message) => /another client has our client id test-/.test(message)));
    await came.endAsync();
  });

  it('goes on with 3.1.1 when the broker refuses 5, stays with it, and calls it no trouble', async () => {
    const troubles: string[] = [];
    const { url, asked, cut, aedes } = await old({});
    const publish = (payload: string) =>
      new Promise<void>((resolve) =>
        aedes.publish({ cmd: 'publish', topic: `${topic()}/x`, payload, qos: 1, retain: false, dup: false }, () => resolve()),
      );
    await open({ url, version: 'auto', onTrouble: ({ message }) => troubles.push(message) });
    await publish('1');
    await until(() => accepted.length === 1);
    assert.deepEqual(troubles, []);
    cut();
    await publish('2');
    await until(() => accepted.length === 2);
    assert.deepEqual(asked, [5, 4, 4]);
  });

  it('stays with 5 when the broker was merely away', async () => {
    let away = false;
    let properties: unknown;
    await broker.stop();
    const opened = open({
      version: 'auto',
      accept: async ({ userProperties }) => {
        properties = userProperties;
      },
      onTrouble: () => {
        away = true;
      },
    });
    await until(() => away);
    await broker.start();
    await opened;
    await sender.publishAsync(`${topic()}/x`, '1', { qos: 1, properties: { userProperties: { shift: 'late' } } });
    await until(() => properties !== undefined);
    assert.deepEqual({ ...(properties as object) }, { shift: 'late' });
  });

  it('does not leave 5 once the broker has spoken it', async () => {
    const troubles: string[] = [];
    await open({ version: 'auto', onTrouble: ({ message }) => troubles.push(message) });
    await broker.stop();
    const { asked } = await old({}, Number(new URL(broker.url).port));
    await until(() => troubles.some((message) => /protocol version/.test(message)) && asked.length > 1);
    for (const close of closing.splice(0)) await close();
    await broker.start();
    assert.deepEqual(new Set(asked), new Set([5]));
  });

  it('gets what came while it was away by 3.1.1 too', async () => {
    const { url, close } = await startBroker();
    closing.push(close);
    const first = await open({ url, version: 'auto' });
    await first.stop();
    const other = await mqtt.connectAsync(url);
    const texts = Array.from({ length: 200 }, (_, at) => String(at));
    for (const text of texts) await other.publishAsync(`${topic()}/x`, text, { qos: 1 });
    await other.endAsync();
    await open({ url, version: 'auto' });
    await until(() => accepted.length === texts.length);
    assert.deepEqual(accepted, texts);
  });

  it('goes on trying when the broker refuses it for now', async () => {
    let refusing = true;
    const troubles: string[] = [];
    const { url } = await old({ authenticate: (_client, _user, _password, done) => done(null, !refusing) });
    const opened = open({ url, version: 4, onTrouble: ({ message }) => troubles.push(message) });
    await until(() => troubles.some((message) => /Not authorized/.test(message)));
    refusing = false;
    await opened;
  });

  it('says that a broker does not answer, without the password', async () => {
    const troubles: string[] = [];
    const inbox = openInbox({
      url: 'mqtt://user:hunter2@127.0.0.1:1',
      clientId: 'x',
      topic: 't',
      version: 5,
      sessionSeconds: 1,
      filters: NO_OTHERS,
      accept: async () => {},
      onConnected: () => {},
      onTrouble: ({ message }) => troubles.push(message),
    });
    inboxes.push(inbox);
    await until(() => troubles.length > 1);
    assert.ok(!troubles.join().includes('hunter2'), troubles.join());
  });
});
