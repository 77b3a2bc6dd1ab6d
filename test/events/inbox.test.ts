import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { type Inbox, type InboxOptions, openInbox } from '../../lib/events/inbox.ts';
import { type Mosquitto, mosquittoPath, startMosquitto } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';

(mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)('the inbox', function () {
  this.timeout(60_000);
  let broker: Mosquitto;
  let sender: MqttClient;
  let inboxes: Inbox[];
  let accepted: string[];
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
  const until = async (holds: () => boolean) => {
    for (let attempt = 0; attempt < 800 && !holds(); attempt++) await sleep(25);
    assert.ok(holds(), `it never came: ${accepted}`);
  };

  for (const version of [4, 5] as const)
    it(`takes messages in order, by MQTT ${version === 5 ? '5' : '3.1.1'}`, async () => {
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
        sessionSeconds: 600, onTrouble() {}, onConnected: () => console.log('connected'),
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
    const troubles: string[] = [];
    await open({
      accept: async ({ payload }) => {
        if (refusing) throw new Error('The disk is full.');
        accepted.push(payload.toString());
      },
      onTrouble: ({ message }) => troubles.push(message),
    });
    await send('1', '2');
    await until(() => troubles.includes('The disk is full.'));
    refusing = false;
    await until(() => accepted.length >= 2);
    assert.deepEqual([...new Set(accepted)], ['1', '2']);
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
    await open({ ...shared, clientId: `a-${count}` });
    await open({ ...shared, clientId: `b-${count}` });
    await send(...Array.from({ length: 20 }, (_, at) => String(at)));
    await until(() => accepted.length === 20);
    await sleep(100);
    assert.equal(new Set(accepted).size, 20);
    assert.equal(accepted.length, 20);
  });

  it('says that a broker does not answer, without the password', async () => {
    const troubles: string[] = [];
    const inbox = openInbox({
      url: 'mqtt://user:hunter2@127.0.0.1:1',
      clientId: 'x',
      topic: 't',
      version: 5,
      sessionSeconds: 1,
      accept: async () => {},
      onConnected: () => {},
      onTrouble: ({ message }) => troubles.push(message),
    });
    inboxes.push(inbox);
    await until(() => troubles.length > 1);
    assert.ok(!troubles.join().includes('hunter2'), troubles.join());
  });
});
