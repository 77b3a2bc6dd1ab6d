import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROTOCOLS, type Protocol } from '../../lib/odoo/connection.ts';

/** One Odoo to test on, and how to get in. */
const Server = z.object({
  name: z.string(),
  url: z.url(),
  database: z.string(),
  login: z.string(),
  password: z.string(),
  /** Where there is one, the server speaks JSON-2 too. */
  apiKey: z
    .string()
    .optional()
    .transform((key) => key || undefined),
  /** A shell command that restarts it, where it can be restarted. */
  restart: z.string().optional(),
});
export type TestServer = z.infer<typeof Server>;

export type TestTarget = {
  readonly name: string;
  /** The protocols that the server is to be tested in. */
  readonly protocols: readonly Protocol[];
  /** The server, running and ready; the sandbox starts with untouched data, and with these apps. */
  start(apps?: readonly 'planning'[]): Promise<TestServer>;
  stop(): Promise<void>;
  /** A shell command that restarts it. */
  readonly restart?: string;
};

/**
 * The embedded sandbox, and the real servers of `TEST_ODOO_SERVERS`: a JSON array of `{ name, url, database, login, password, apiKey?, restart? }`.
 * Throws, so that the run fails, when `TEST_REQUIRED` (or `TEST_ODOO_REQUIRED`) names an `odoo-…` that is not among them:
 * a suite that skips the real Odoo looks just as green as one that passed on it.
 */
export function odooServers(): TestTarget[] {
  const real = z.array(Server).parse(JSON.parse(process.env.TEST_ODOO_SERVERS || '[]'));
  const named = `${process.env.TEST_REQUIRED ?? ''},${process.env.TEST_ODOO_REQUIRED ?? ''}`.split(',');
  const missing = named.filter((name) => name.startsWith('odoo-') && !real.some((server) => server.name === name));
  if (missing.length > 0) throw new Error(`Required, but not in TEST_ODOO_SERVERS: ${missing.join(', ')}`);
  return [
    ...sandbox(),
    ...real.map((server) => ({
      name: server.name,
      ...(server.restart ? { restart: server.restart } : {}),
      protocols: PROTOCOLS.filter((protocol) => protocol !== 'json2' || server.apiKey),
      start: () => Promise.resolve(server),
      stop: () => Promise.resolve(),
    })),
  ];
}

const SANDBOX = join(import.meta.dirname, '..', '..', 'sandbox', 'odoo', 'server.ts');

function sandbox(): TestTarget[] {
  if (!existsSync(SANDBOX)) return [];
  let running: { close(): Promise<void> } | undefined;
  return [
    {
      name: 'sandbox',
      protocols: PROTOCOLS,
      async start(apps = []) {
        const { startSandbox } = await import(SANDBOX);
        const started = await startSandbox({ apps });
        running = started;
        return Server.parse({ ...started, name: 'sandbox' });
      },
      async stop() {
        await running?.close();
        running = undefined;
      },
    },
  ];
}
