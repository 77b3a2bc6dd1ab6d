import type { NodeAPI } from 'node-red';
import { SettingsError } from '../../lib/node/errors.ts';
import type { ConnectionInput } from '../../lib/odoo/connection.ts';
import type { Settings } from './settings.ts';

export type Credentials = { readonly password?: string; readonly apiKey?: string };

type TlsConfig = { addTLSOptions(options: Record<string, unknown>): Record<string, unknown> };

/** The client's settings from the form's: credentials from the form or the environment, TLS from Node-RED's own config node. */
export function connectionOf(RED: NodeAPI, settings: Settings, credentials: Credentials = {}): ConnectionInput {
  const tlsNode = settings.tls ? (RED.nodes.getNode(settings.tls) as unknown as TlsConfig | null) : undefined;
  if (tlsNode === null)
    throw new SettingsError('The TLS configuration that the Odoo server is set to is not there. Choose another one.');
  const tls = tlsNode?.addTLSOptions({});
  return {
    url: settings.url,
    database: settings.database,
    login: settings.login,
    password: credentials.password || process.env[settings.passwordVariable] || '',
    apiKey: credentials.apiKey || process.env[settings.apiKeyVariable] || '',
    protocol: settings.protocol,
    timeoutSeconds: settings.timeout,
    limitSeconds: settings.limit,
    connectTimeoutSeconds: settings.connectTimeout,
    maxConcurrent: settings.maxConcurrent,
    callsPerSecond: settings.callsPerSecond,
    maxAnswerMegabytes: settings.maxAnswer,
    ...(tls ? { tls } : {}),
  };
}
