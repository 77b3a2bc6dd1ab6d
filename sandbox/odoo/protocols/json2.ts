import type { IncomingHttpHeaders } from 'node:http';
import { bindNamed, type Database, runCall } from '../calling.ts';
import { OdooFault } from '../errors.ts';
import { type Answer, html, json } from '../http.ts';

const PATH = /^\/json\/2\/([^/]+)\/([^/]+)$/;

const NO_DATABASE = `<!DOCTYPE html>
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>
<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>

<!-- Alternatively, use the X-Odoo-Database header. -->
`;

/** `POST /json/2/<model>/<method>`: named arguments in a JSON object, `ids` and `context` among them. */
export function json2(database: Database, apiKey: string, path: string, headers: IncomingHttpHeaders, body: string): Answer {
  const named = headers['x-odoo-database'];
  if (named !== undefined && named !== database.name) return html(404, NO_DATABASE);
  try {
    const match = PATH.exec(path);
    if (!match?.[1] || !match[2]) throw new OdooFault('notFound', 'Did you mean POST /json/2/<model>/<method>?', [404]);
    authorise(headers.authorization, apiKey);
    return json(200, call(database, decodeURIComponent(match[1]), decodeURIComponent(match[2]), parse(body)));
  } catch (error) {
    return fault(error);
  }
}

function authorise(authorization: string | undefined, apiKey: string): void {
  const key = /^bearer +(.*)$/i.exec(authorization ?? '')?.[1]?.trim();
  if (!key)
    throw new OdooFault('unauthorized', 'User not authenticated, use an API Key with a Bearer Authorization header.', [401]);
  if (key !== apiKey) throw new OdooFault('unauthorized', 'Invalid apikey', [401]);
}

function parse(body: string): Record<string, unknown> {
  if (body.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch (error) {
    throw new OdooFault('badRequest', `could not parse the body as json: ${(error as Error).message}`, [400]);
  }
}

function call(database: Database, model: string, method: string, given: Record<string, unknown>): unknown {
  if (!database.schema.models.has(model)) throw new OdooFault('notFound', `the model '${model}' does not exist`, [404]);
  const { ids = [], context = {}, ...args } = given;
  try {
    return runCall(database, {
      model,
      method,
      context: (context ?? {}) as Record<string, unknown>,
      bind: (found) => bindNamed(found, ids as number[], args, `${model}.${method}`),
    });
  } catch (error) {
    if (error instanceof OdooFault && error.name === 'builtins.AttributeError')
      throw new OdooFault('notFound', error.message, [404]);
    throw error;
  }
}

function fault(error: unknown): Answer {
  const {
    name,
    message,
    status,
    arguments: args,
  } = error instanceof OdooFault
    ? error
    : new OdooFault('exception', error instanceof Error ? (error.stack ?? error.message) : String(error));
  const headers: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer ' } : {};
  return json(status, { name, message, arguments: args, context: {}, debug: `${name}: ${message}\n` }, headers);
}
