import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type Answer, answerWith } from '../../lib/node/answer.ts';
import { storeOf } from '../../lib/node/config-nodes.ts';
import { requestOf } from '../../lib/node/identity.ts';
import { onInput } from '../../lib/node/input.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { Settings } from './settings.ts';

/** Tells how a run stands: the summary of the run that `msg.run`, or the request's `:run`, names. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('sync-run', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);

      const find = async (message: FlowMessage): Promise<Answer> => {
        const request = message.req as { params?: { run?: string } } | undefined;
        const run = String(message.run ?? request?.params?.run ?? message.sync?.run ?? '');
        const node = storeOf(RED, settings.store);
        const sent = requestOf(message);
        if (sent) node.identifier().identify(sent);
        const summary = await (await node.open()).runs.summary(run);
        if (summary) showStatus(RED, this, 'done', summary.state.replaceAll('-', '_'));
        else showStatus(RED, this, 'idle', 'missing');
        return { statusCode: summary ? 200 : 404, payload: summary ?? { error: `There is no run ${run.slice(0, 100)}.` } };
      };
      onInput(RED, this, (message, send) => answerWith(message, send, () => find(message)), [settings.store]);
    });
  });
}
