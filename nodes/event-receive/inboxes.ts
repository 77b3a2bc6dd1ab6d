import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { clientIdOf } from '../../lib/events/client-id.ts';
import { type Inbox, type InboxOptions, openInbox } from '../../lib/events/inbox.ts';
import { SettingsError } from '../../lib/node/errors.ts';
import type { Settings } from './settings.ts';

export type Credentials = { readonly user?: string; readonly password?: string };

type TlsConfig = { addTLSOptions(options: Record<string, unknown>): Record<string, unknown> };

export type InboxHandlers = {
  readonly accept: InboxOptions['accept'];
  readonly onConnected: () => void;
  readonly onTrouble: (error: Error) => void;
};

const VERSIONS = { auto: 'auto', '5': 5, '3.1.1': 4 } as const;

/** Opens one connection a topic filter. Their client ids differ, and stay the same over restarts. Throws SettingsError. */
export function openInboxes(
  RED: NodeAPI,
  node: Node & { credentials?: Credentials },
  settings: Settings,
  on: InboxHandlers,
): Inbox[] {
  const { url, topics, group, version, sessionHours } = settings;
  const clientId =
    settings.clientId || clientIdOf({ host: hostname(), folder: resolve(RED.settings.userDir ?? '.'), node: node.id });
  if (!/^(mqtts?|wss?):\/\/[^\s/]+/.test(url))
    throw new SettingsError(`The broker's address begins with mqtt:// or mqtts://, ws:// or wss://.`);
  if (topics.length === 0) throw new SettingsError('Name at least one topic to subscribe to, such as +/+/+/+/#.');
  const tls = tlsOf(RED, settings.tls);
  return topics.map((filter, at) =>
    openInbox({
      url,
      clientId: at === 0 ? clientId : `${clientId}-${at + 1}`,
      topic: group ? `$share/${group}/${filter}` : filter,
      version: VERSIONS[version],
      user: node.credentials?.user,
      password: node.credentials?.password,
      sessionSeconds: sessionHours * 3_600,
      ...(tls ? { tls } : {}),
      ...on,
    }),
  );
}

function tlsOf(RED: NodeAPI, id: string): Readonly<Record<string, unknown>> | undefined {
  if (!id) return undefined;
  const node = RED.nodes.getNode(id) as unknown as TlsConfig | null;
  if (!node) throw new SettingsError('The TLS configuration that the node is set to is not there. Choose another one.');
  return node.addTLSOptions({});
}
