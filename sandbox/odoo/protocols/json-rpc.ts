import type { Database } from '../calling.ts';
import { OdooFault } from '../errors.ts';
import { type Answer, html, json } from '../http.ts';
import { type Credentials, callService } from './services.ts';

type Request = { id?: unknown; params?: { service?: unknown; method?: unknown; args?: unknown } };

/** `POST /jsonrpc`: a service, a method and its arguments; errors are told with status 200. */
export function jsonRpc(database: Database, credentials: Credentials, body: string): Answer {
  let request: Request;
  try {
    request = JSON.parse(body) as Request;
  } catch {
    return html(400, 'Invalid JSON data');
  }
  const id = request.id ?? null;
  const { service, method, args } = request.params ?? {};
  try {
    if (service === undefined || method === undefined || args === undefined)
      throw new OdooFault('type', "JSONRPC.jsonrpc() missing 3 required positional arguments: 'service', 'method', and 'args'");
    return json(200, {
      jsonrpc: '2.0',
      id,
      result: callService(database, credentials, String(service), String(method), args as unknown[]),
    });
  } catch (error) {
    const {
      name,
      message,
      arguments: given,
    } = error instanceof OdooFault
      ? error
      : new OdooFault('exception', error instanceof Error ? (error.stack ?? error.message) : String(error));
    const data = { name, message, arguments: given, context: {}, debug: `${name}: ${message}\n` };
    const code = database.schema.version === 14 ? 200 : 0;
    return json(200, { jsonrpc: '2.0', id, error: { code, message: 'Odoo Server Error', data } });
  }
}
