import type { NodeAPI, NodeDef } from 'node-red';
import { parseSettings } from '../../lib/node/settings.ts';
import type { OdooServerNode } from '../../lib/node/types.ts';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { serveServerRoutes } from './admin-routes.ts';
import { type Credentials, connectionOf } from './connection.ts';
import { Settings } from './settings.ts';

/** One Odoo: its address, its credentials, and the one client that all nodes share. */
export default function (RED: NodeAPI): void {
  serveServerRoutes(RED);
  RED.nodes.registerType(
    'odoo-server',
    function (this: OdooServerNode & { credentials: Credentials }, config: NodeDef) {
      RED.nodes.createNode(this, config);
      const settings = parseSettings(Settings, config);
      let client: OdooClient | undefined;
      Object.assign(this, {
        zone: settings.timezone,
        client: () => {
          client ??= openOdoo(connectionOf(RED, settings, this.credentials));
          return client;
        },
      });
      this.on('close', (done: () => void) => {
        // Waits for the calls under way, which their nodes wait for too.
        void (client?.close() ?? Promise.resolve()).finally(done);
      });
    } as never,
    { credentials: { password: { type: 'password' }, apiKey: { type: 'password' } } },
  );
}
