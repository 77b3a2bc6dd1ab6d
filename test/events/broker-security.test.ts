/** Brokers as a plant has them: TLS with an authority of its own, users with passwords. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type IClientOptions } from 'mqtt';
import type { BrokerError } from '../../lib/events/errors.ts';
import { type Inbox, type InboxOptions, openInbox } from '../../lib/events/inbox.ts';
import { type Mosquitto, type MosquittoSettings, mosquittoPath, startMosquitto } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { NO_OTHERS } from '../support/session-filters.ts';

const pem = (name: string) => readFile(join(import.meta.dirname, '..', 'odoo', 'certificates', name), 'utf8');

(mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)('the inbox of a broker that is locked', function () {
  this.timeout(30_000);
  const running: Pick<Mosquitto, 'close'>[] = [];
  let troubles: BrokerError[];
  let accepted: string[];
  let count = 0;
  beforeEach(() => {
    [troubles, accepted] = [[], []];
    count++;
  });
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.close();
  });

  const broker = async (settings: MosquittoSettings): Promise<Mosquitto> => {
    const started = await startMosquitto(settings);
    running.push(started);
    return started;
  };
  const open = (url: string, more: Partial<InboxOptions> = {}): Promise<Inbox> => {
    const connected = Promise.withResolvers<Inbox>();
    const inbox = openInbox({
      url,
      clientId: `locked-${process.pid}-${count}`,
      topic: 't/#',
      version: 'auto',
      sessionSeconds: 60,
      filters: NO_OTHERS,
      accept: async ({ payload }) => void accepted.push(payload.toString()),
      onConnected: () => connected.resolve(inbox),
      onTrouble: (error) => troubles.push(error as BrokerError),
      ...more,
    });
    running.push({ close: () => inbox.stop() });
    return connected.promise;
  };
  const send = async (url: string, text: string, more: IClientOptions) => {
    const sender = await mqtt.connectAsync(url, more);
    await sender.publishAsync('t/x', text, { qos: 1 });
    await sender.endAsync();
  };
  const until = async (holds: () => boolean) => {
    for (let attempt = 0; attempt < 400 && !holds(); attempt++) await sleep(25);
    assert.ok(holds(), `it never came: ${troubles.map(({ message }) => message)}`);
  };
  /** It is told with this code, and goes on to be after further tries. */
  const isTold = async (code: string, words: RegExp) => {
    await until(() => troubles.length > 0);
    await sleep(2_500);
    assert.deepEqual(new Set(troubles.map((error) => error.code)), new Set([code]));
    for (const { message } of troubles) assert.match(message, words);
  };

  it("takes the plant's own authority, and a client certificate where the broker wants one", async () => {
    const { url } = await broker({ tls: 'both' });
    const tls = { ca: await pem('ca.pem'), cert: await pem('client.pem'), key: await pem('client.key') };
    await open(url, { tls });
    await send(url, '1', tls);
    await until(() => accepted.length === 1);
    assert.deepEqual(troubles, []);
  });

  it('does not trust a broker whose authority it was not given, or another one than it was given', async () => {
    const { url } = await broker({ tls: 'server' });
    void open(url);
    await isTold('tls', /127\.0\.0\.1.*certificate.*give its authority in the TLS configuration/);
    troubles.length = 0;
    const folder = await mkdtemp(join(tmpdir(), 'planbridge-authority-'));
    const [key, ca] = [join(folder, 'ca.key'), join(folder, 'ca.pem')];
    const request = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=other -keyout ${key} -out ${ca}`;
    execFileSync('openssl', request.split(' '), { stdio: 'ignore' });
    void open(url, { clientId: 'other', tls: { ca: await readFile(ca, 'utf8') } });
    await rm(folder, { recursive: true });
    await isTold('tls', /certificate/);
    assert.deepEqual(accepted, []);
  });

  it('says that the address does not answer where it speaks no TLS', async () => {
    const { url } = await broker({});
    void open(url.replace('mqtt:', 'mqtts:'));
    await isTold('unavailable', /does not answer: .*(ECONNRESET|secure TLS connection)/);
  });

  for (const version of ['auto', 4] as const)
    it(`is let in by user and password, and says when they are wrong, by MQTT ${version}`, async () => {
      const { url } = await broker({ users: { planner: 'p@ss/w%rd' } });
      void open(url, { version, user: 'planner', password: 'wrong-word' });
      await isTold('refused', /refuses us.*Check user and password/);
      assert.ok(!troubles.some(({ message }) => message.includes('wrong-word')));
      troubles.length = 0;
      await open(url, { version, clientId: 'let-in', user: 'planner', password: 'p@ss/w%rd' });
      await send(url, '1', { username: 'planner', password: 'p@ss/w%rd' });
      await until(() => accepted.length === 1);
    });
});
