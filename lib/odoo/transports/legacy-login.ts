import { z } from 'zod';
import type { ConnectionSettings } from '../connection.ts';
import { OdooError } from '../errors.ts';

/** Calls a service of Odoo's legacy protocols: `common`, `object` or `db`. */
export type ServiceCall = (service: 'common' | 'object' | 'db', method: string, args: readonly unknown[]) => Promise<unknown>;

export type LegacySession = { readonly database: string; readonly user: number; readonly secret: string };

/** Logs in once; every later call carries the user's id and secret. Throws OdooError `access` in words. */
export async function legacyLogin(service: ServiceCall, settings: ConnectionSettings): Promise<LegacySession> {
  const { login } = settings;
  const secret = settings.apiKey ?? settings.password;
  if (!login || !secret) throw new OdooError('access', 'No login, or neither password nor API key, is set for Odoo.');
  const database = settings.database ?? (await onlyDatabase(service));
  const user = await service('common', 'authenticate', [database, login, secret, {}]).catch((error: unknown) => {
    // Up to 15, a server with several databases answers a bare page for one that it does not have.
    if (error instanceof OdooError && error.code === 'protocol' && error.status === 500)
      throw new OdooError('access', `Odoo failed to log in to the database ${database}. Is there a database of that name?`, {
        cause: error,
      });
    throw error;
  });
  if (typeof user !== 'number')
    throw new OdooError(
      'access',
      `Odoo does not take these credentials for ${login} in the database ${database}. Check login, password or API key.`,
    );
  return { database, user, secret };
}

const Version = z.object({ server_version: z.string() });

/** The server's version, such as `14.0`. */
export async function legacyVersion(service: ServiceCall): Promise<string | undefined> {
  return Version.safeParse(await service('common', 'version', [])).data?.server_version;
}

async function onlyDatabase(service: ServiceCall): Promise<string> {
  const list = await service('db', 'list', []).catch((cause: unknown) => {
    if (cause instanceof OdooError && cause.code !== 'access' && cause.code !== 'validation') throw cause;
    throw new OdooError('access', "Odoo does not tell its databases' names. Set the database.", { cause });
  });
  const [database] = Array.isArray(list) ? list : [];
  if (Array.isArray(list) && list.length === 1 && typeof database === 'string') return database;
  throw new OdooError('access', `Odoo has ${Array.isArray(list) ? list.length : 'no'} databases. Set the one that is meant.`);
}
