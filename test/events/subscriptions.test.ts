import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { type Inbox, type InboxOptions, openInbox } from '../../lib/events/inbox.ts';
import { endLeftOver } from '../../lib/events/left-over.ts';
import { startBroker } from '../../sandbox/broker.ts';
import { type Mosquitto, mosquittoPath, startMosquitto } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { rememberedFilters } from '../support/session-filters.ts';

(mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)('the subscriptions of a session', function () {
  this.timeout(30_000);
  let broker: Mosquitto;
  let sender: MqttClient;
  let open: Pick<Inbox, 'stop'>[];
  let accepted: string[];
  let filters: ReturnType<typeof rememberedFilters>;
  let count = 0;
  before(async () => {
    broker = await startMosquitto();
    sender = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
  });
  after(async () => {
    await sender?.endAsync(true);
    await broker?.close();
  });
  beforeEach(() => {
    [open, accepted, filters] = [[], [], rememberedFilters()];
    count++;
  });
  afterEach(async () => {
    for (const inbox of open) await inbox.stop();
  });

  const topic = (site: string) => `acme/${site}/subscriptions/${count}`;
  const options = (more: Partial<InboxOptions> = {}) => ({
    url: broker.url,
    clientId: `subscriptions-${process.pid}-${count}`,
    version: 5 as const,
    sessionSeconds: 600,
    filters,
    accept: async ({ payload }: { payload: Buffer }) => void accepted.push(payload.toString()),
    ...more,
  });
  const subscribe = async (site: string, more: Partial<InboxOptions> = {}) => {
    const connected = Promise.withResolvers<void>();
    const inbox = openInbox({
      ...options(more),
      topic: topic(site),
      onConnected: connected.resolve,
      onTrouble: () => {},
      ...more,
    });
    open.push(inbox);
    await connected.promise;
    return inbox;
  };
  const send = (site: string, text: string, retain = false) => sender.publishAsync(topic(site), text, { qos: 1, retain });
  const until = async (holds: () => boolean) => {
    for (let attempt = 0; attempt < 400 && !holds(); attempt++) await sleep(25);
    assert.ok(holds(), `it never came: ${accepted}`);
  };

  for (const version of [5, 4] as const)
    it(`are those that are set, and not those that were set before, by MQTT ${version}`, async () => {
      await (await subscribe('WH', { version })).stop();
      await subscribe('WH2', { version });
      await until(() => filters.all.size === 1);
      await send('WH', 'old');
      await send('WH2', 'new');
      await until(() => accepted.includes('new'));
      assert.deepEqual(accepted, ['new']);
      assert.deepEqual([...filters.all], [topic('WH2')]);
    });

  it('begin though the store does not answer, and the others end once it does', async () => {
    await (await subscribe('WH')).stop();
    let away = true;
    const beside = async (filter: string | undefined) => {
      if (away) throw new Error('The store does not answer.');
      return filters.beside(filter);
    };
    await subscribe('WH2', { filters: { ...filters, beside } });
    await send('WH2', 'new');
    await until(() => accepted.includes('new'));
    away = false;
    await until(() => filters.all.size === 1 && filters.all.has(topic('WH2')));
    await send('WH', 'old');
    await send('WH2', 'newer');
    await until(() => accepted.includes('newer'));
    assert.deepEqual(accepted, ['new', 'newer']);
  });

  it('bring what the broker retains once, and not with each connection', async () => {
    await send('WH', 'retained', true);
    const first = await subscribe('WH');
    await until(() => accepted.length === 1);
    await first.stop();
    await subscribe('WH');
    await send('WH', 'next');
    await until(() => accepted.includes('next'));
    assert.deepEqual(accepted, ['retained', 'next']);
  });

  it('end with a session that is left', async () => {
    await (await subscribe('WH')).leave();
    assert.deepEqual([...filters.all], []);
    await send('WH', 'old');
    await subscribe('WH2');
    await send('WH2', 'new');
    await until(() => accepted.includes('new'));
    assert.deepEqual(accepted, ['new']);
  });

  it('end with a session that is left, by 3.1.1 where the broker knows nothing else', async () => {
    const { url, close } = await startBroker();
    await (await subscribe('WH', { url, version: 'auto' })).leave();
    assert.deepEqual([...filters.all], []);
    await close();
  });

  it('end where no topic is for them any more, once what waits has been taken in', async () => {
    await (await subscribe('WH')).stop();
    for (const text of ['1', '2', '3']) await send('WH', text);
    let refusals = 2;
    const accept: InboxOptions['accept'] = async ({ payload }) => {
      if (refusals-- > 0) throw new Error('The disk is full.');
      accepted.push(payload.toString());
    };
    open.push(endLeftOver(options({ accept }), 300));
    await until(() => accepted.length === 3);
    await until(() => filters.all.size === 0);
    await send('WH', '4');
    await sleep(600);
    await subscribe('WH2');
    await send('WH2', '5');
    await until(() => accepted.includes('5'));
    assert.deepEqual(accepted, ['1', '2', '3', '5']);
  });

  it('leave alone another client that comes in under the id of what is left over', async () => {
    await (await subscribe('WH')).stop();
    open.push(endLeftOver(options(), 60_000));
    await sleep(300);
    const troubles: string[] = [];
    await subscribe('WH2', { onTrouble: ({ message }) => troubles.push(message) });
    await sleep(2_500);
    assert.deepEqual(troubles, []);
  });
});
