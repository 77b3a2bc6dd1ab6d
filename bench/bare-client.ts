/** The yardstick: JSON-RPC by `fetch`, no checks, no memory, no second try. */
export type BareClient = (model: string, method: string, args: readonly unknown[], named?: object) => Promise<unknown>;

/** Logs in with the credentials of the environment. */
export async function bareClient(): Promise<BareClient> {
  const { ODOO_URL, ODOO_DB, ODOO_LOGIN, ODOO_PASSWORD } = process.env;
  const service = async (name: string, method: string, args: readonly unknown[]): Promise<unknown> => {
    const answer = await fetch(`${ODOO_URL}/jsonrpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params: { service: name, method, args } }),
    });
    const { result, error } = (await answer.json()) as { result?: unknown; error?: { data?: { message?: string } } };
    if (error) throw new Error(error.data?.message ?? 'Odoo refused a call');
    return result;
  };
  const user = await service('common', 'login', [ODOO_DB, ODOO_LOGIN, ODOO_PASSWORD]);
  return (model, method, args, named = {}) =>
    service('object', 'execute_kw', [ODOO_DB, user, ODOO_PASSWORD, model, method, args, named]);
}
