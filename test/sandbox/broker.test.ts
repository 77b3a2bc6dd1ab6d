import assert from 'node:assert/strict';
import mqtt from 'mqtt';
import { type Broker, startBroker } from '../../sandbox/broker.ts';

describe('the broker of npm start', () => {
  let broker: Broker;
  before(async () => {
    broker = await startBroker();
  });
  after(() => broker.close());

  it('passes on what is sent', async () => {
    const client = await mqtt.connectAsync(broker.url);
    await client.subscribeAsync('acme/#', { qos: 1 });
    await broker.subscribed;
    const received = new Promise<string>((resolve) => client.once('message', (_, payload) => resolve(payload.toString())));
    await client.publishAsync('acme/WH/line', 'late', { qos: 1 });
    assert.equal(await received, 'late');
    await client.endAsync();
  });

  it('is reached on its own loopback address only', async () => {
    const elsewhere = broker.url.replace('127.0.0.1', '127.0.0.2');
    await assert.rejects(mqtt.connectAsync(elsewhere, { reconnectPeriod: 0, connectTimeout: 2_000 }));
  });
});
