import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Stands between a client and Odoo and counts what passes. */
export type CountingProxy = { readonly url: string; readonly calls: ReadonlyMap<string, number>; close(): void };

/** Forwards every request to a server as it came. */
export async function countingProxy(target: string): Promise<CountingProxy> {
  const calls = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const name = called(request.url ?? '', body);
    calls.set(name, (calls.get(name) ?? 0) + 1);
    const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...headers } = request.headers;
    const answer = await fetch(new URL(request.url ?? '/', target), {
      method: request.method,
      headers: headers as Record<string, string>,
      ...(request.method === 'POST' && { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, close: () => server.close() };
}

/** `model.method` of a call in JSON-2 or JSON-RPC, or else the path. */
function called(path: string, body: Buffer): string {
  const [, model, method] = /^\/json\/2\/([^/]+)\/([^/?]+)/.exec(path) ?? [];
  if (model) return `${model}.${method}`;
  if (!path.startsWith('/jsonrpc')) return path;
  const { params } = JSON.parse(body.toString()) as { params: { method: string; args: unknown[] } };
  return params.method === 'execute_kw' ? `${params.args[3]}.${params.args[4]}` : params.method;
}
