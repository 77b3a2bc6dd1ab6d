import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { seedPlant } from '../plant/index.ts';
import { calledBy } from './called.ts';
import type { Database } from './calling.ts';
import { describeSchema } from './describe-schema.ts';
import { type FaultKind, FaultRule, type FaultRules, type Faults, faultRules } from './faults.ts';
import type { App, Version } from './fields.ts';
import { type Answer, html, json } from './http.ts';
import { jsonRpc } from './protocols/json-rpc.ts';
import { json2 } from './protocols/json2.ts';
import { type Credentials, versionInfo } from './protocols/services.ts';
import { xmlRpc } from './protocols/xml-rpc.ts';
import { schemaOf } from './schema.ts';
import { keepState, restore } from './state-file.ts';
import { Store } from './store.ts';

export type SandboxOptions = {
  /** The Odoo that it looks like (19). */
  readonly version?: Version;
  /** What is installed beside inventory, manufacturing, purchase and sales (nothing). */
  readonly apps?: readonly App[];
  /** A port on loopback; a free one where left out. */
  readonly port?: number;
  /** Keeps the plant in this file, so that it survives a restart. */
  readonly stateFile?: string;
  readonly database?: string;
  readonly login?: string;
  readonly password?: string;
  readonly apiKey?: string;
};

export type Sandbox = {
  readonly url: string;
  readonly database: string;
  readonly login: string;
  readonly password: string;
  readonly apiKey: string;
  /** Tells it to fail; also over HTTP: `GET`, `POST` and `DELETE /sandbox/faults`. */
  readonly faults: Faults;
  close(): Promise<void>;
};

/** Starts an Odoo stand-in with a small bicycle plant on loopback. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { version = 19, port = 0, stateFile, database: name = 'bicycle' } = options;
  const credentials: Credentials = {
    login: options.login ?? 'admin',
    password: options.password ?? 'admin',
    apiKey: options.apiKey ?? 'sandbox-key',
  };
  const store = new Store();
  const database: Database = { name, schema: schemaOf(version, options.apps), store };
  if (!(stateFile && restore(store, stateFile, version))) {
    seedPlant(database, new Date());
    describeSchema(database);
  }
  const state = stateFile ? keepState(store, stateFile, version) : undefined;
  const faults = faultRules();
  store.guard = faults.inspect;

  const server = createServer((request, response) => {
    handle({ database, credentials, faults }, request, response).catch(() => response.destroy());
  });
  // A client may keep a connection while it thinks; Odoo's own server closes none of them early either.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox has no port.');

  return {
    url: `http://127.0.0.1:${address.port}`,
    database: name,
    ...credentials,
    faults,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      state?.flush();
    },
  };
}

type Serving = { readonly database: Database; readonly credentials: Credentials; readonly faults: FaultRules };

async function handle(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://sandbox').pathname;
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts).toString('utf8');
  if (path === '/sandbox/faults') return send(response, tellFaults(serving.faults, request.method, body));

  const rule = serving.faults.take(calledBy(path, body));
  if (rule?.kind === 'slow') await sleep(rule.milliseconds ?? 1000);
  const instead = rule && BEFORE[rule.kind];
  if (instead) return instead(response);
  const answer = await route(serving, request, path, body);
  const after = rule && AFTER[rule.kind];
  return after ? after(response) : send(response, answer);
}

type Failing = Partial<Record<FaultKind, (response: ServerResponse) => void>>;

const BEFORE: Failing = {
  refuse: (response) => send(response, html(503, '<h1>503 Service Unavailable</h1>')),
  hang: () => {},
  'bad-gateway': (response) => send(response, html(502, '<h1>502 Bad Gateway</h1>')),
  html: (response) => send(response, html(200, '<!DOCTYPE html><title>Welcome</title><h1>This is not Odoo</h1>')),
  cut: (response) => void response.destroy(),
};

const AFTER: Failing = {
  'cut-after-commit': (response) => void response.destroy(),
  'bad-gateway-after-commit': (response) => send(response, html(502, '<h1>502 Bad Gateway</h1>')),
};

async function route(
  { database, credentials }: Serving,
  { method, headers }: IncomingMessage,
  path: string,
  body: string,
): Promise<Answer> {
  if (path === '/json/2' || path.startsWith('/json/2/')) {
    if (database.schema.version === 14) return noSuchPage14();
    return json2(database, credentials.apiKey, method === 'POST' ? path : '/json/2', headers, body);
  }
  if (path === '/web/version' && database.schema.version === 19) {
    const { server_version_info, server_version } = versionInfo(database);
    return json(200, { version_info: server_version_info, version: server_version });
  }
  if (method !== 'POST') return html(path === '/' || path === '/web' ? 200 : 404, '<!DOCTYPE html>\n<title>Odoo</title>\n');
  if (path === '/jsonrpc') return jsonRpc(database, credentials, body);
  if (path === '/web/webclient/version_info') return json(200, { jsonrpc: '2.0', id: null, result: versionInfo(database) });
  const service = /^\/xmlrpc\/2\/(\w+)$/.exec(path)?.[1];
  if (service) return xmlRpc(database, credentials, service, body);
  return database.schema.version === 14 ? noSuchPage14() : html(404, '<!DOCTYPE html>\n<title>404 Not Found</title>\n');
}

/** Odoo 14 takes every JSON body for JSON-RPC, whatever the address. */
function noSuchPage14(): Answer {
  const data = { name: 'werkzeug.exceptions.NotFound', debug: '', message: '404 Not Found', arguments: [], context: {} };
  return json(404, { jsonrpc: '2.0', id: null, error: { code: 404, message: '404: Not Found', data } });
}

function tellFaults(faults: FaultRules, method: string | undefined, body: string): Answer {
  if (method === 'DELETE') faults.clear();
  if (method === 'POST') {
    try {
      const given: unknown = JSON.parse(body);
      const rules = (Array.isArray(given) ? given : [given]).map((rule) => FaultRule.parse(rule));
      for (const rule of rules) faults.add(rule);
    } catch (error) {
      return json(400, { error: (error as Error).message });
    }
  }
  return json(200, faults.list());
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
