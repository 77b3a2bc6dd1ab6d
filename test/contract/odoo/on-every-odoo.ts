import { type OdooClient, openOdoo } from '../../../lib/odoo/client.ts';
import type { ConnectionInput } from '../../../lib/odoo/connection.ts';
import { odooServers, type TestServer } from '../../support/servers.ts';

/** What a contract test works with; its parts are there once the tests run. */
export type Odoo = {
  readonly client: OdooClient;
  readonly server: TestServer;
  /** Settings that log in; `change` replaces some of them. */
  settings(change?: Partial<ConnectionInput>): ConnectionInput;
  /** A name that no other run has used. */
  unique(name: string): string;
  /** Whether it is Odoo 16 or later by what it has, for the few answers that versions give differently. */
  modern(): Promise<boolean>;
};

/** Declares the same tests for each server there is, in each protocol it speaks. */
export function onEveryOdoo(title: string, tests: (odoo: Odoo) => void): void {
  for (const target of odooServers()) {
    for (const protocol of target.protocols) {
      describe(`${title}, on ${target.name} by ${protocol}`, function () {
        this.timeout(60_000);
        const parts = {} as { client: OdooClient; server: TestServer };
        const stamp = `${protocol}-${process.pid}-${Date.now()}`;
        const settings = (change: Partial<ConnectionInput> = {}): ConnectionInput => {
          const { url, database, login, password, apiKey } = parts.server;
          return { url, database, login, password, ...(apiKey ? { apiKey } : {}), protocol, ...change };
        };

        before(async () => {
          parts.server = await target.start();
          parts.client = openOdoo(settings());
        });
        tests({
          get client() {
            return parts.client;
          },
          get server() {
            return parts.server;
          },
          settings,
          unique: (name) => `${name} ${stamp}`,
          modern: async () => (await parts.client.profile()).hasModel('stock.route'),
        });
        // Declared after the tests' own hooks, so that those still find the server.
        after(async () => {
          await parts.client?.close();
          await target.stop();
        });
      });
    }
  }
}
