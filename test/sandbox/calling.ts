import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/odoo/server.ts';

/** A stand-in for one suite, and the ways to call it as a client on the wire does. */
export type Called = {
  readonly sandbox: Sandbox;
  /** JSON-2: status and parsed body. */
  json2(model: string, method: string, args?: Record<string, unknown>): Promise<{ status: number; body: unknown }>;
  /** JSON-2, for calls that must succeed. */
  call<T>(model: string, method: string, args?: Record<string, unknown>): Promise<T>;
  /** JSON-RPC's `execute_kw`: the result, or the error. */
  rpc(
    model: string,
    method: string,
    args: unknown[],
    named?: Record<string, unknown>,
  ): Promise<{ result?: unknown; error?: RpcError }>;
  post(path: string, body: string, headers?: Record<string, string>): Promise<Response>;
};

export type RpcError = { code: number; message: string; data: { name: string; message: string; arguments: unknown[] } };

/** Starts a stand-in. */
export async function calledSandbox(options: SandboxOptions = {}): Promise<Called> {
  const sandbox = await startSandbox(options);
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(sandbox.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const json2: Called['json2'] = async (model, method, args = {}) => {
    const headers = { authorization: `bearer ${sandbox.apiKey}`, 'x-odoo-database': sandbox.database };
    const answer = await post(`/json/2/${model}/${method}`, JSON.stringify(args), headers);
    return { status: answer.status, body: await answer.json() };
  };
  return {
    sandbox,
    post,
    json2,
    async call<T>(model: string, method: string, args: Record<string, unknown> = {}) {
      const { status, body } = await json2(model, method, args);
      if (status !== 200) throw new Error(`${model}.${method}: ${status} ${(body as { message?: string }).message}`);
      return body as T;
    },
    async rpc(model, method, args, named = {}) {
      const params = {
        service: 'object',
        method: 'execute_kw',
        args: [sandbox.database, 2, sandbox.password, model, method, args, named],
      };
      const answer = await post('/jsonrpc', JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params }));
      return (await answer.json()) as { result?: unknown; error?: RpcError };
    },
  };
}

/** The id of the product with an internal reference. */
export async function productOf({ rpc }: Called, code: string): Promise<number> {
  const { result } = await rpc('product.product', 'search', [[['default_code', '=', code]]]);
  return (result as number[])[0]!;
}
