import type { Node, NodeAPI, NodeDef } from 'node-red';
import { storeOf } from '../../lib/node/config-nodes.ts';
import { onInput } from '../../lib/node/input.ts';
import { leaseOf, needSameStore } from '../../lib/node/run-lease.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import { Settings } from './settings.ts';

/** Settles the event that a message is about: the flow has done what there is to do, and it does not come again. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('sync-settle', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      onInput(
        RED,
        this,
        async (message, send) => {
          const lease = leaseOf(message);
          // A run is settled by its control totals, never by a node that says so.
          if (lease?.settledBy) {
            needSameStore(lease, settings.store);
            const node = storeOf(RED, settings.store);
            await (await node.open()).jobs.settle(lease, `sync-settle:${this.id}`);
            node.inFlow.settle(lease);
            showStatus(RED, this, 'done', 'settled');
          }
          send(message);
        },
        [settings.store],
      );
    });
  });
}
