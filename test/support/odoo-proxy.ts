import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What becomes of a call: `refuse` 503, `hang` no answer and nothing done, `bad-gateway` 502, `html` another server's page,
 * all without Odoo; `cut` and `gateway-timeout` lose the answer after Odoo has done it; `slow` answers late.
 */
export type Trouble = 'refuse' | 'hang' | 'bad-gateway' | 'html' | 'cut' | 'gateway-timeout' | 'slow';

export type Called = { readonly model: string; readonly method: string };

/** Stands between Planbridge and Odoo, counts what passes, and gets in the way. */
export type OdooProxy = {
  readonly url: string;
  /** Calls by `model.method`. */
  readonly calls: ReadonlyMap<string, number>;
  /** Answers of Odoo's that were not passed on. */
  readonly lost: number;
  /** What becomes of each call from now on. */
  trouble(choose: (called: Called) => Trouble | undefined): void;
  /** Nothing gets in the way any more; what hangs is let go. */
  peace(): void;
  close(): void;
};

const SLOW_MILLISECONDS = 30_000;

export async function openProxy(target: string): Promise<OdooProxy> {
  const calls = new Map<string, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const hanging = new Set<ServerResponse>();
  let choose: (called: Called) => Trouble | undefined = () => undefined;
  let lost = 0;

  const pass = (asked: IncomingMessage, body: Buffer): Promise<{ answer: IncomingMessage; text: Buffer }> =>
    new Promise((resolve, reject) => {
      const { 'transfer-encoding': _, connection: __, ...headers } = asked.headers;
      const options = { method: asked.method, agent, headers: { ...headers, 'content-length': body.length } };
      const passed = request(new URL(asked.url ?? '/', target), options, (answer) => {
        buffer(answer).then((text) => resolve({ answer, text }), reject);
      });
      passed.on('error', reject).end(body);
    });

  const handle = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(asked);
    const called = calledBy(asked.url ?? '', body);
    const name = `${called.model}.${called.method}`;
    calls.set(name, (calls.get(name) ?? 0) + 1);
    const trouble = choose(called);
    if (trouble === 'refuse') return void response.writeHead(503).end('<h1>503 Service Unavailable</h1>');
    if (trouble === 'bad-gateway') return void response.writeHead(502).end('<h1>502 Bad Gateway</h1>');
    if (trouble === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
    if (trouble === 'hang') return void hanging.add(response);
    const { answer, text } = await pass(asked, body);
    if (trouble === 'slow') await sleep(SLOW_MILLISECONDS, undefined, { ref: false });
    if (trouble === 'cut' || trouble === 'gateway-timeout') lost++;
    if (trouble === 'cut') return void response.destroy();
    if (trouble === 'gateway-timeout') return void response.writeHead(504).end('<h1>504 Gateway Time-out</h1>');
    const { connection: _, 'transfer-encoding': __, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': text.length }).end(text);
  };

  const server = createServer((asked, response) => {
    // Odoo that does not answer is a connection that breaks.
    handle(asked, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    get lost() {
      return lost;
    },
    trouble(chosen) {
      choose = chosen;
    },
    peace() {
      choose = () => undefined;
      for (const response of hanging) response.destroy();
      hanging.clear();
    },
    close() {
      agent.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The model and method of a call in JSON-2 or JSON-RPC, or else the path. */
function calledBy(path: string, body: Buffer): Called {
  const [, model, method] = /^\/json\/2\/([^/]+)\/([^/?]+)/.exec(path) ?? [];
  if (model && method) return { model, method };
  if (!path.startsWith('/jsonrpc')) return { model: '', method: path };
  const { params } = JSON.parse(body.toString()) as { params: { method: string; args: unknown[] } };
  return params.method === 'execute_kw'
    ? { model: String(params.args[3]), method: String(params.args[4]) }
    : { model: '', method: params.method };
}
