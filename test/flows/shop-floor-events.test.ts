/** The shipped flow of events, beside the one of forecasts, in a real Node-RED with a real broker, on every Odoo there is. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import { openStore } from '../../lib/store/open.ts';
import { writeFlows } from '../../sandbox/flows.ts';
import { type RunningNodeRed, startNodeRed } from '../../sandbox/node-red.ts';
import { type Mosquitto, mosquittoPath, startMosquitto } from '../support/mosquitto.ts';
import { freePort } from '../support/ports.ts';
import { mustHave } from '../support/required.ts';
import { odooServers } from '../support/servers.ts';

for (const target of odooServers())
  (mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)(`shop-floor events on ${target.name}`, function () {
    this.timeout(120_000);
    let home: string;
    let broker: Mosquitto;
    let sender: MqttClient;
    let nodeRed: RunningNodeRed;
    let odoo: OdooClient;
    let env: Record<string, string>;
    const stamp = `${process.pid}-${Date.now()}`;

    before(async () => {
      const server = await target.start();
      broker = await startMosquitto();
      sender = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
      home = await mkdtemp(join(tmpdir(), 'planbridge-events-'));
      env = {
        ODOO_URL: server.url,
        ODOO_DB: server.database,
        ODOO_LOGIN: server.login,
        ODOO_PASSWORD: server.password,
        ODOO_API_KEY: server.apiKey ?? '',
        MQTT_URL: broker.url,
        PLANBRIDGE_STORE: '',
      };
      await writeFlows(home, ['forecast-import', 'shop-floor-events']);
      odoo = openOdoo({ url: server.url, database: server.database, login: server.login, password: server.password });
      await start();
    });
    after(async () => {
      await nodeRed?.stop();
      await sender?.endAsync(true);
      await broker?.close();
      await odoo?.close();
      await target.stop();
      await rm(home, { recursive: true, force: true });
    });

    const start = async () => {
      nodeRed = await startNodeRed({ home, port: await freePort(), env, quiet: true });
      await nodeRed.ready;
      await sleep(500);
    };
    const send = async (type: string, id: string, data: object) => {
      const event = {
        specversion: '1.0',
        id: `${id}-${stamp}`,
        source: '/acme/WH/assembly/line-1',
        type: `planbridge.${type}`,
        data,
      };
      await sender.publishAsync(`acme/WH/assembly/line-1/${type}`, JSON.stringify(event), { qos: 1 });
    };
    /** Reads the store between two lives of Node-RED. */
    const stopped = async <T>(read: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>): Promise<T> => {
      await nodeRed.stop();
      const store = await openStore({ url: join(home, 'planbridge.sqlite') });
      try {
        return await read(store);
      } finally {
        await store.close();
        await start();
      }
    };
    const until = async (holds: () => Promise<boolean>) => {
      for (let attempt = 0; attempt < 200; attempt++) {
        if (await holds()) return;
        await sleep(200);
      }
      assert.fail('it never came');
    };
    const order = async () => {
      const [found] = await searchAll(odoo, { model: 'mrp.production', domain: [['state', '=', 'confirmed']], limit: 1 });
      return found ?? assert.fail('there is no order');
    };
    const begins = (record: Readonly<Record<string, unknown>>) => String(record.date_planned_start ?? record.date_start);
    const notes = (id: number) =>
      searchAll(odoo, {
        model: 'mail.message',
        domain: [
          ['model', '=', 'mrp.production'],
          ['res_id', '=', id],
          ['message_id', 'like', stamp],
        ],
        fields: ['body'],
      });

    it('moves a delayed order once, however often it is told, and notes the cause', async () => {
      const before = await order();
      const data = { order: before.name, delayMinutes: 120, cause: 'press down' };
      for (let time = 0; time < 3; time++) await send('production-delay', 'delay', data);
      await until(async () => (await notes(before.id)).length > 0 && begins(await byId(before.id)) !== begins(before));
      await nodeRed.stop();
      await send('production-delay', 'delay', data);
      await start();
      await sleep(2_000);
      const moved = Date.parse(`${begins(await byId(before.id))}Z`) - Date.parse(`${begins(before)}Z`);
      assert.equal(moved, 120 * 60_000);
      const noted = await notes(before.id);
      assert.equal(noted.length, 1);
      assert.match(String(noted[0]?.body), /Delayed by 120 minutes: press down/);
    });

    it('adds up delays of the same order that come at the same time', async () => {
      const before = await order();
      const minutes = [5, 10, 15, 20, 25];
      await Promise.all(
        minutes.map((delayMinutes) => send('production-delay', `many-${delayMinutes}`, { order: before.name, delayMinutes })),
      );
      const moved = async () => Date.parse(`${begins(await byId(before.id))}Z`) - Date.parse(`${begins(before)}Z`);
      await until(async () => (await moved()) >= 75 * 60_000);
      await sleep(1_000);
      assert.equal(await moved(), 75 * 60_000);
    });

    const byId = async (id: number) => {
      const [found] = await searchAll(odoo, { model: 'mrp.production', domain: [['id', '=', id]] });
      return found ?? assert.fail('the order is gone');
    };

    it('tells an owner of every event that a person must act on', async () => {
      await send('production-delay', 'unknown', { order: 'WH/MO/99999', delayMinutes: 5 });
      await send('demand-spike', 'spike', { product: 'NO-SUCH', location: 'WH', period: '2026-W50', quantity: 500 });
      await send('stock-out', 'out', { product: 'NO-SUCH', location: 'WH' });
      await send('machine-on-fire', 'fire', {});
      await sender.publishAsync('acme/WH/assembly/line-1/stock-out', '{"id":', { qos: 1 });
      await sleep(5_000);
      const exceptions = await stopped((store) => store.exceptions.list({ limit: 1_000 }));
      const owners = Object.fromEntries(exceptions.map(({ reason, owner }) => [reason, owner]));
      assert.deepEqual(owners, {
        PRODUCTION_DELAYED: 'planner',
        UNKNOWN_ORDER: 'integration',
        DEMAND_SPIKE: 'planner',
        STOCK_OUT: 'buyer',
        UNMAPPED: 'integration',
        MALFORMED: 'planner',
      });
      const counts = await stopped((store) => store.jobs.counts('event-receive:events'));
      assert.deepEqual(counts, { done: 11 }, 'an event was not settled');
    });
  });
