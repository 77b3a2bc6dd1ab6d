import type { NodeAPI, NodeDef } from 'node-red';
import { parseSettings } from '../../lib/node/settings.ts';
import type { OdooServerNode } from '../../lib/node/types.ts';
import { underWay } from '../../lib/node/under-way.ts';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { serveServerRoutes } from './admin-routes.ts';
import { type Credentials, connectionOf } from './connection.ts';
import { Settings } from './settings.ts';

/** One Odoo: its address, its credentials, and the one client that all nodes share. */
export default function (RED: NodeAPI): void {
  serveServerRoutes(RED);
  RED.nodes.registerType(
    'odoo-server',
    function (this: OdooServerNode & { credentials: Credentials }, config: NodeDef & { url?: string; timezone?: string }) {
      RED.nodes.createNode(this, config);
      const users = underWay();
      let client: OdooClient | undefined;
      Object.assign(this, {
        url: config.url ?? '',
        zone: config.timezone?.trim() || 'UTC',
        keepFor: users.keepFor,
        // Settings are read when the server is first needed, so that what is wrong with them is told where it matters.
        client: () => {
          client ??= openOdoo(connectionOf(RED, parseSettings(Settings, config), this.credentials));
          return client;
        },
      });
      this.on('close', (done: () => void) => {
        void users
          .ended()
          .then(() => client?.close())
          .catch((error: Error) => this.error(error))
          .finally(done);
      });
    } as never,
    { credentials: { password: { type: 'password' }, apiKey: { type: 'password' } } },
  );
}
