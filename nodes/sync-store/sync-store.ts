import { join } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { parseSettings } from '../../lib/node/settings.ts';
import type { SyncStoreNode } from '../../lib/node/types.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { Settings } from './settings.ts';

const DAY = 86_400_000;

/** The durable store: opened once, shared by all nodes that use it. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType(
    'sync-store',
    function (this: SyncStoreNode & { credentials: { password?: string } }, config: NodeDef) {
      RED.nodes.createNode(this, config);
      const { url, retentionDays } = parseSettings(Settings, config);
      let opened: Promise<Store> | undefined;
      const open = () => {
        const address = url || process.env.PLANBRIDGE_STORE || join(RED.settings.userDir ?? '.', 'planbridge.sqlite');
        opened ??= openStore({ url: address, password: this.credentials?.password, retentionDays }).catch((error: unknown) => {
          opened = undefined;
          throw error;
        });
        return opened;
      };
      const users: Promise<unknown>[] = [];
      Object.assign(this, { open, keepFor: (finished: Promise<unknown>) => users.push(finished.catch(() => undefined)) });
      const sweeping = setInterval(() => {
        opened?.then((store) => store.sweep()).catch((error: Error) => this.error(error));
      }, DAY);
      this.on('close', (done: () => void) => {
        clearInterval(sweeping);
        // In the next turn, when every node's close handler has said what is still under way.
        setImmediate(() => {
          void Promise.all(users)
            .then(() => opened)
            .then((store) => store?.close())
            .catch(() => undefined)
            .finally(done);
        });
      });
    } as never,
    { credentials: { password: { type: 'password' } } },
  );
}
