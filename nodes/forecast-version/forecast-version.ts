import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type Answer, answerWith } from '../../lib/node/answer.ts';
import { storeOf } from '../../lib/node/config-nodes.ts';
import { requestOf } from '../../lib/node/identity.ts';
import { onInput } from '../../lib/node/input.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { serveDecisions } from './admin-routes.ts';
import { answer } from './answer.ts';
import { askedBy } from './request.ts';
import { DECISIONS, Settings } from './settings.ts';

/** Shows forecast versions, the planning baseline and lineage; approves, refuses, releases again, rolls back. */
export default function (RED: NodeAPI): void {
  serveDecisions(RED);
  RED.nodes.registerType('forecast-version', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      const find = async (message: FlowMessage): Promise<Answer> => {
        const node = storeOf(RED, settings.store);
        const asked = askedBy(message, settings.action);
        const decides = DECISIONS.has(asked.action);
        const identifier = node.identifier();
        const request = requestOf(message);
        const who = decides ? identifier.approver(request ?? {}) : request && identifier.identify(request);
        const name = (request && who?.name) ?? `node:${this.id}`;
        const given = await answer(await node.open(), asked, settings.interface, name);
        const looks = given.statusCode < 400;
        // What was begun is begun at once, where its workers are in this process.
        if (decides && looks) node.inFlow.released();
        const count = Array.isArray(given.payload) ? given.payload.length : 1;
        if (!looks) showStatus(RED, this, 'failed', 'declined');
        else showStatus(RED, this, 'done', decides ? asked.action.replace('-', '_') : 'listed', { count });
        return given;
      };

      onInput(RED, this, (message, send) => answerWith(message, send, () => find(message)), [settings.store]);
    });
  });
}
