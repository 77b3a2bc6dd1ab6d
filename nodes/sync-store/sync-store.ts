import { join } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { settingsOfNodes } from '../../lib/node/config-nodes.ts';
import { followDeployers } from '../../lib/node/deployer.ts';
import { followDeployments } from '../../lib/node/follow-deployments.ts';
import { followMessages } from '../../lib/node/follow-messages.ts';
import { identifier } from '../../lib/node/identity.ts';
import { runsInFlow } from '../../lib/node/runs-in-flow.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import type { SyncStoreNode } from '../../lib/node/types.ts';
import { underWay } from '../../lib/node/under-way.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { Settings } from './settings.ts';

const DAY = 86_400_000;

/** The durable store: opened once, shared by all nodes that use it. */
export default function (RED: NodeAPI): void {
  followDeployers(RED);
  RED.nodes.registerType(
    'sync-store',
    function (this: SyncStoreNode & { credentials: { password?: string; tokens?: string } }, config: NodeDef) {
      RED.nodes.createNode(this, config);
      followMessages(RED);
      let opened: Promise<Store> | undefined;
      const open = async () => {
        const { url, retentionDays } = parseSettings(Settings, config);
        const address = url || process.env.PLANBRIDGE_STORE || join(RED.settings.userDir ?? '.', 'planbridge.sqlite');
        opened ??= openStore({ url: address, password: this.credentials?.password, retentionDays }).catch((error: unknown) => {
          opened = undefined;
          throw error;
        });
        return opened;
      };
      const users = underWay();
      const who = () =>
        identifier({
          tokens: [this.credentials?.tokens, process.env.PLANBRIDGE_TOKENS].filter(Boolean).join(','),
          httpNodeAuth: RED.settings.httpNodeAuth,
          development: isDevelopment(RED),
        });
      Object.assign(this, { open, inFlow: runsInFlow(), keepFor: users.keepFor, identifier: who });
      followDeployments(RED, this);
      const sweeping = setInterval(() => {
        opened?.then((store) => store.sweep()).catch((error: Error) => this.error(error));
      }, DAY);
      this.on('close', (done: () => void) => {
        clearInterval(sweeping);
        void users
          .ended()
          .then(() => opened)
          .then((store) => store?.close())
          .catch((error: Error) => this.error(error))
          .finally(done);
      });
    } as never,
    { credentials: { password: { type: 'password' }, tokens: { type: 'password' } } },
  );
}

/** Whether none of the Odoo servers of the flows is said to be for testing or production. */
function isDevelopment(RED: NodeAPI): boolean {
  return settingsOfNodes(RED)
    .filter(({ type }) => type === 'odoo-server')
    .every((server: NodeDef & { environment?: string }) => (server.environment ?? 'development') === 'development');
}
