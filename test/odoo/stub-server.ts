import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export type Request = { readonly path: string; readonly body: string };
export type Reply = (request: Request, response: ServerResponse) => void;

/** An HTTP server that answers as a test tells it to, and remembers what it was asked. */
export type Stub = {
  readonly url: string;
  readonly requests: Request[];
  /** How many connections were opened. */
  connections: number;
  reply: Reply;
  close(): Promise<void>;
};

export async function startStub(reply: Reply, tls?: ServerOptions): Promise<Stub> {
  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const request = { path: message.url ?? '', body: Buffer.concat(chunks).toString() };
    stub.requests.push(request);
    stub.reply(request, response);
  };
  const server: Server = tls ? createTlsServer(tls, handle) : createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stub: Stub = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests: [],
    connections: 0,
    reply,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('connection', () => stub.connections++);
  return stub;
}

export function sendJson(response: ServerResponse, answer: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
}

export function sendXml(response: ServerResponse, value: string): void {
  const xml = `<?xml version="1.0"?><methodResponse><params><param><value>${value}</value></param></params></methodResponse>`;
  response.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
}

export function sendFault(response: ServerResponse, code: number, text: string): void {
  const member = (name: string, value: string) => `<member><name>${name}</name><value>${value}</value></member>`;
  const fault = `<struct>${member('faultCode', `<int>${code}</int>`)}${member('faultString', `<string>${text}</string>`)}</struct>`;
  const xml = `<?xml version="1.0"?><methodResponse><fault><value>${fault}</value></fault></methodResponse>`;
  response.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
}

/** Answers the questions of a log-in as an Odoo 19 does; everything else goes to `reply`. */
export function afterLogIn(reply: Reply): Reply {
  return (request, response) => {
    if (request.path === '/json/2/res.users/context_get') return sendJson(response, '{"uid": 2}');
    if (request.path === '/xmlrpc/2/common') return sendXml(response, '<int>2</int>');
    const { params } = request.path === '/jsonrpc' ? JSON.parse(request.body) : { params: {} };
    if (params.service !== 'common') return reply(request, response);
    const result = params.method === 'version' ? { server_version: '19.0', server_version_info: [19, 0, 0, 'final', 0, ''] } : 2;
    sendJson(response, JSON.stringify({ jsonrpc: '2.0', id: 1, result }));
  };
}
