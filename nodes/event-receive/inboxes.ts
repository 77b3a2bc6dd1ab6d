import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { withoutLogin } from '../../lib/events/broker-fault.ts';
import { clientIdOf } from '../../lib/events/client-id.ts';
import { type Inbox, type InboxOptions, openInbox } from '../../lib/events/inbox.ts';
import { endLeftOver } from '../../lib/events/left-over.ts';
import type { SessionFilters } from '../../lib/events/subscribe.ts';
import { SettingsError } from '../../lib/node/errors.ts';
import { openPatiently } from '../../lib/node/open-patiently.ts';
import type { SyncStoreNode } from '../../lib/node/types.ts';
import type { BrokerClient } from '../../lib/store/subscriptions.ts';
import type { Settings } from './settings.ts';

export type Credentials = { readonly user?: string; readonly password?: string };

type TlsConfig = { addTLSOptions(options: Record<string, unknown>): Record<string, unknown> };

export type InboxHandlers = Pick<InboxOptions, 'accept' | 'onConnected' | 'onTrouble'>;

const VERSIONS = { auto: 'auto', '5': 5, '3.1.1': 4 } as const;

/**
 * Opens one connection a topic filter. Their client ids differ, and stay the same over restarts. Sessions under ids that the
 * node had before are ended. Throws SettingsError.
 */
export function openInboxes(
  RED: NodeAPI,
  node: Node & { credentials?: Credentials },
  store: Pick<SyncStoreNode, 'open'>,
  settings: Settings,
  on: InboxHandlers,
): Inbox {
  const { url, topics, group, version, sessionHours } = settings;
  const owner = clientIdOf({ host: hostname(), folder: resolve(RED.settings.userDir ?? '.'), node: node.id });
  const clientId = settings.clientId || owner;
  if (!/^(mqtts?|wss?):\/\/[^\s/]+/.test(url))
    throw new SettingsError(`The broker's address begins with mqtt:// or mqtts://, ws:// or wss://.`);
  if (topics.length === 0) throw new SettingsError('Name at least one topic to subscribe to, such as +/+/+/+/#.');
  const tls = tlsOf(RED, settings.tls);
  const broker = withoutLogin(url);
  const connectionOf = (client: string) => ({
    url,
    clientId: client,
    version: VERSIONS[version],
    user: node.credentials?.user,
    password: node.credentials?.password,
    sessionSeconds: sessionHours * 3_600,
    ...(tls ? { tls } : {}),
    filters: filtersOf(store, { broker, client, owner }),
  });
  const ids = topics.map((_, at) => (at === 0 ? clientId : `${clientId}-${at + 1}`));
  const inboxes = topics.map((filter, at) =>
    openInbox({ ...connectionOf(ids[at] ?? ''), topic: group ? `$share/${group}/${filter}` : filter, ...on }),
  );

  const closing = new AbortController();
  const leftOver: { stop(): Promise<void> }[] = [];
  const endLeftOvers = async (): Promise<void> => {
    const opened = await openPatiently(store, closing.signal, () => {});
    const clients = (await opened?.subscriptions.clients({ broker, owner })) ?? [];
    if (closing.signal.aborted) return;
    for (const client of clients.filter((one) => !ids.includes(one)))
      leftOver.push(endLeftOver({ ...connectionOf(client), accept: on.accept }));
  };
  void endLeftOvers().catch((error: Error) => node.warn(error.message));

  const end = async (how: 'stop' | 'leave'): Promise<void> => {
    closing.abort();
    await Promise.all([...leftOver.map((one) => one.stop()), ...inboxes.map((inbox) => inbox[how]())]);
  };
  return { stop: () => end('stop'), leave: () => end('leave') };
}

function filtersOf(store: Pick<SyncStoreNode, 'open'>, client: BrokerClient): SessionFilters {
  return {
    async beside(filter) {
      const { subscriptions } = await store.open();
      return filter === undefined ? subscriptions.of(client) : subscriptions.begin(client, filter);
    },
    ended: async (filters) => (await store.open()).subscriptions.ended(client, filters),
  };
}

function tlsOf(RED: NodeAPI, id: string): Readonly<Record<string, unknown>> | undefined {
  if (!id) return undefined;
  const node = RED.nodes.getNode(id) as unknown as TlsConfig | null;
  if (!node) throw new SettingsError('The TLS configuration that the node is set to is not there. Choose another one.');
  return node.addTLSOptions({});
}
