import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type Answer, answerWith } from '../../lib/node/answer.ts';
import { storeOf } from '../../lib/node/config-nodes.ts';
import { requestOf } from '../../lib/node/identity.ts';
import { onInput } from '../../lib/node/input.ts';
import { leaseOf, needSameStore, takenOver } from '../../lib/node/run-lease.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { act } from './act.ts';
import { askedBy } from './request.ts';
import { Settings } from './settings.ts';

/** Lists dead letters, replays them, as they are or edited, or discards them; replays a whole run. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('sync-replay', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      const find = async (message: FlowMessage): Promise<Answer> => {
        const node = storeOf(RED, settings.store);
        const request = requestOf(message);
        const identifier = node.identifier();
        const user = request && identifier.identify(request).name;
        const asked = askedBy(message, settings, this.id, user);
        // What is discarded is never done: somebody has to answer for it.
        if (request && asked.action === 'discard') identifier.person(request);
        const lease = leaseOf(message);
        needSameStore(lease, settings.store);
        const answer = await act(await node.open(), asked);
        // The workers that are in this process begin at once.
        if (asked.action === 'replay' || asked.action === 'replay-run') node.inFlow.released();
        // An event that asks for a deed has come through once it is done; a list leads on to what is done with it.
        if (lease?.settledBy && asked.action !== 'list' && asked.action !== 'groups') await takenOver(node, lease, message);
        const { payload, statusCode } = answer;
        const count = Array.isArray(payload) ? payload.length : ((payload as { ids?: string[] }).ids?.length ?? 0);
        if (statusCode >= 400) showStatus(RED, this, 'failed', 'refused');
        else showStatus(RED, this, 'done', statusCode === 202 ? 'replayed' : 'letters', { count });
        return answer;
      };

      onInput(RED, this, (message, send) => answerWith(message, send, () => find(message)), [settings.store]);
    });
  });
}
