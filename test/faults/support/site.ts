import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { openOdoo } from '../../../lib/odoo/client.ts';
import { searchAll } from '../../../lib/odoo/pages.ts';
import type { RunSummary } from '../../../lib/store/summary.ts';
import { writeFlows } from '../../../sandbox/flows.ts';
import { type RunningNodeRed, startNodeRed } from '../../../sandbox/node-red.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/odoo/server.ts';
import { type Mosquitto, startMosquitto } from '../../support/mosquitto.ts';
import { freePort } from '../../support/ports.ts';
import { type Statuses, watchStatuses } from '../../support/statuses.ts';
import { AUTOMATIC } from './approval.ts';

/** Seconds after which a run or event that got lost in the flow comes again: few, so that a test need not wait long for it. */
const LEASE = 6;

/** The shipped flows in a real Node-RED, with a broker and the sandbox as its Odoo. */
export type Site = {
  readonly sandbox: Sandbox;
  start(): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Sends a forecast; answers how it was taken. */
  post(): Promise<{ readonly status: number; readonly again: string | null; readonly body: Record<string, unknown> }>;
  run(id: unknown): Promise<{ readonly status: number; readonly body: Partial<RunSummary> & { readonly code?: string } }>;
  /** Tells of so many delays of an order, a minute each. */
  delay(times: number): Promise<void>;
  /** How often the order was moved by a minute since the start, and how often that was noted on it. */
  delayed(): Promise<{ readonly minutes: number; readonly notes: number }>;
  /** What a node shows. */
  status(node: string): string | undefined;
  close(): Promise<void>;
};

export async function openSite(store: string): Promise<Site> {
  const home = await mkdtemp(join(tmpdir(), 'planbridge-site-'));
  const port = await freePort();
  const broker: Mosquitto = await startMosquitto();
  const sender: MqttClient = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
  const sandbox = await startSandbox();
  const { url, database, login, password } = sandbox;
  const odoo = openOdoo({ url, database, login, password });
  const leased = { leaseSeconds: LEASE };
  const settings = { receive: leased, events: leased, approve: { ...leased, ...AUTOMATIC } };
  await writeFlows(home, ['forecast-import', 'shop-floor-events'], settings);

  const order = async (domain: readonly unknown[]) => {
    const [found] = await searchAll(odoo, { model: 'mrp.production', domain: [domain], limit: 1 });
    if (!found) throw new Error('The sandbox has no such order.');
    return { id: found.id, name: found.name, begins: Date.parse(`${found.date_start}Z`) };
  };
  const before = await order(['state', '=', 'confirmed']);
  const month = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 7);
  let sent = 0;
  let nodeRed: RunningNodeRed | undefined;
  let statuses: Statuses | undefined;
  const get = async (path: string, request?: RequestInit) => {
    const answer = await fetch(`${nodeRed?.url}${path}`, request);
    return { status: answer.status, again: answer.headers.get('retry-after'), body: (await answer.json()) as never };
  };

  const site: Site = {
    sandbox,
    async start() {
      const env = { ODOO_URL: url, ODOO_DB: database, ODOO_LOGIN: login, ODOO_PASSWORD: password, ODOO_API_KEY: '' };
      nodeRed = await startNodeRed({ home, port, quiet: true, env: { ...env, MQTT_URL: broker.url, PLANBRIDGE_STORE: store } });
      await nodeRed.ready;
      statuses = await watchStatuses(nodeRed.url);
    },
    async kill(signal = 'SIGKILL') {
      statuses?.close();
      nodeRed?.process.kill(signal);
      await nodeRed?.exited;
      nodeRed = undefined;
    },
    post: () => {
      const body = `product,location,period,quantity\nBIKE-CITY,WH,${month},${40 + sent++}\n`;
      return get('/planning/forecasts', { method: 'POST', headers: { 'content-type': 'text/csv' }, body });
    },
    run: (id) => get(`/planning/runs/${id}`),
    async delay(times) {
      for (let time = 0; time < times; time++) {
        const id = `delay-${process.pid}-${sent++}`;
        const data = { order: before.name, delayMinutes: 1 };
        const event = { specversion: '1.0', id, source: '/acme/WH/line-1', type: 'planbridge.production-delay', data };
        await sender.publishAsync('acme/WH/line/line-1/production-delay', JSON.stringify(event), { qos: 1 });
      }
    },
    async delayed() {
      const { begins } = await order(['id', '=', before.id]);
      const domain = [
        ['model', '=', 'mrp.production'],
        ['res_id', '=', before.id],
        ['message_id', 'like', 'delay-'],
      ];
      const notes = await searchAll(odoo, { model: 'mail.message', domain, fields: ['id'] });
      return { minutes: (begins - before.begins) / 60_000, notes: notes.length };
    },
    status: (node) => statuses?.of(node),
    async close() {
      await site.kill();
      await sender.endAsync(true);
      await broker.close();
      await odoo.close();
      await sandbox.close();
      await rm(home, { recursive: true, force: true });
    },
  };
  return site;
}

/** Waits until it holds, for 25 seconds at most; `what` says what has not come. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const since = Date.now(); Date.now() - since < 25_000; await sleep(50)) if (await holds()) return;
  throw new Error(`It has not come: ${what}`);
}
