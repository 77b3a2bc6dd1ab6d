import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node, NodeAPI } from 'node-red';
import type { FlowMessage, SyncStoreNode } from '../../lib/node/types.ts';
import type { Store } from '../../lib/store/open.ts';
import odooServer from '../../nodes/odoo-server/odoo-server.ts';
import syncStore from '../../nodes/sync-store/sync-store.ts';
import type { TestServer } from '../support/servers.ts';

type Helper = {
  init(runtime: string): void;
  load(modules: readonly unknown[], nodes: readonly unknown[], credentials: unknown): Promise<void>;
  unload(): Promise<void>;
  setFlows(nodes: readonly unknown[], type: string): Promise<void>;
  getNode(id: string): (Node & { receive(message: unknown): void }) | null;
};

const require = createRequire(import.meta.url);
const helper = require('node-red-node-test-helper') as Helper;
helper.init(require.resolve('node-red'));

/** The test helper gives nodes an API without Node-RED's hooks. */
const { hooks } = createRequire(require.resolve('node-red'))('@node-red/util') as { hooks: object };
const hooked =
  (module: NodeModule): NodeModule =>
  (RED) =>
    module(Object.assign(RED, { hooks }));

export type NodeModule = (RED: NodeAPI) => void;
type NodeEntry = { readonly id: string; readonly type: string; readonly [setting: string]: unknown };

const TAB = { id: 'tab', type: 'tab', label: 'Test' };

/** What was sent to each `helper` and `catch` node of the flow, by its id, in order. */
let heard = new Map<string, FlowMessage[]>();

/**
 * Starts a flow with a store in memory, called `store`, and an Odoo, called `odoo`, where there is one. A node of type
 * `helper` keeps what it is sent; `stopFlow` ends it.
 */
export async function startFlow(
  modules: readonly NodeModule[],
  nodes: readonly NodeEntry[],
  {
    odoo,
    storeUrl = ':memory:',
    credentials = {},
  }: { odoo?: TestServer; storeUrl?: string; credentials?: Readonly<Record<string, object>> } = {},
): Promise<void> {
  heard = new Map();
  const configs = [{ id: 'store', type: 'sync-store', name: '', url: storeUrl, retentionDays: 35 }] as object[];
  if (odoo)
    configs.push({ id: 'odoo', type: 'odoo-server', name: '', url: odoo.url, database: odoo.database, login: odoo.login });
  const placed = nodes.map((node) => ({
    ...(node.type === 'odoo-server' ? {} : { z: TAB.id, x: 100, y: 100, wires: [] }),
    name: '',
    ...node,
  }));
  await helper.load([...modules, syncStore, odooServer].map(hooked), [TAB, ...configs, ...placed], {
    odoo: { password: odoo?.password },
    ...credentials,
  });
  for (const { id, type } of nodes) {
    if (type !== 'helper') continue;
    heard.set(id, []);
    nodeOf(id).on('input', (message) => void heard.get(id)?.push(message as FlowMessage));
  }
}

/** Deploys other nodes in place of those that run; the store stays. */
export const redeploy = (nodes: readonly object[]): Promise<void> =>
  helper.setFlows([TAB, { id: 'store', type: 'sync-store', name: '', url: ':memory:', retentionDays: 35 }, ...nodes], 'nodes');

export const stopFlow = (): Promise<void> => helper.unload();

export function nodeOf(id: string): Node & { receive(message: unknown): void } {
  const node = helper.getNode(id);
  if (!node) throw new Error(`The flow has no node ${id}; perhaps it did not start.`);
  return node;
}

export const store = (): Promise<Store> => (nodeOf('store') as unknown as SyncStoreNode).open();

/** What the helper node has been sent. */
export const sentTo = (id: string): readonly FlowMessage[] => heard.get(id) ?? [];

/** Waits until the helper node has been sent so many messages, and gives them all. */
export async function waitFor(id: string, count = 1): Promise<readonly FlowMessage[]> {
  for (let attempt = 0; attempt < 1_000 && sentTo(id).length < count; attempt++) await sleep(10);
  const messages = sentTo(id);
  if (messages.length < count) throw new Error(`${id} was sent ${messages.length} of ${count} messages.`);
  return messages;
}

/** Waits until it holds. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    if (await holds()) return;
    await sleep(10);
  }
  throw new Error('It never came.');
}
