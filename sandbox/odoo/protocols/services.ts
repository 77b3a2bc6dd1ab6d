import { ADMIN, bindPositional, type Database, runCall } from '../calling.ts';
import { OdooFault } from '../errors.ts';

export type Credentials = { readonly login: string; readonly password: string; readonly apiKey: string };

/** What `version` answers, and `/web/webclient/version_info`. */
export function versionInfo({ schema }: Database): Record<string, unknown> {
  const { version } = schema;
  return {
    server_version: `${version}.0`,
    server_version_info: [version, 0, 0, 'final', 0, ''],
    server_serie: `${version}.0`,
    protocol_version: 1,
  };
}

/** The services of the two legacy protocols: `common`, `object` and `db`. */
export function callService(
  database: Database,
  credentials: Credentials,
  service: string,
  method: string,
  args: readonly unknown[],
): unknown {
  if (service === 'common') return common(database, credentials, method, args);
  if (service === 'object') return object(database, credentials, method, args);
  if (service === 'db' && method === 'list') return [database.name];
  if (service === 'db') throw new OdooFault('denied', 'Access Denied');
  throw new OdooFault('key', service);
}

function common(database: Database, credentials: Credentials, method: string, args: readonly unknown[]): unknown {
  if (method === 'version') return versionInfo(database);
  if (method !== 'authenticate' && method !== 'login') throw new OdooFault('exception', `Method not found: ${method}`);
  const [name, login, secret] = args;
  requireDatabase(database, name);
  return login === credentials.login && isSecret(credentials, secret) ? ADMIN : false;
}

function object(database: Database, credentials: Credentials, method: string, args: readonly unknown[]): unknown {
  if (method !== 'execute_kw' && method !== 'execute') throw new OdooFault('exception', `Method not found: ${method}`);
  const [name, user, secret, model, called, ...rest] = args;
  requireDatabase(database, name);
  if (user !== ADMIN || !isSecret(credentials, secret)) throw new OdooFault('denied', 'Access Denied');
  const positional = method === 'execute' ? rest : ((rest[0] ?? []) as unknown[]);
  const { context = {}, ...named } = (method === 'execute' ? {} : (rest[1] ?? {})) as Record<string, unknown>;
  if (!database.schema.models.has(String(model))) throw new OdooFault('user', `Object ${model} doesn't exist`);
  const one = called === 'create' && !Array.isArray(positional[0] ?? named.vals_list);
  const result = runCall(database, {
    model: String(model),
    method: String(called),
    context: (context ?? {}) as Record<string, unknown>,
    bind: (found) => bindPositional(found, String(called), database.schema.version, positional, named),
  });
  // A single set of values given by the old calling convention answers a single id.
  return one && Array.isArray(result) ? result[0] : result;
}

function requireDatabase(database: Database, name: unknown): void {
  if (name !== database.name) throw new OdooFault('database', `FATAL:  database "${name}" does not exist\n`);
}

function isSecret({ password, apiKey }: Credentials, secret: unknown): boolean {
  return secret === password || secret === apiKey;
}
