import type { Node, NodeAPI, NodeDef } from 'node-red';
import { storeOf } from '../../lib/node/config-nodes.ts';
import { answerNotAllowed, requestOf } from '../../lib/node/identity.ts';
import { onInput } from '../../lib/node/input.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import { StoreError } from '../../lib/store/errors.ts';
import { Settings } from './settings.ts';

/** Tells how a run stands: the summary of the run that `msg.run`, or the request's `:run`, names. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('sync-run', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);

      onInput(
        RED,
        this,
        async (message, send) => {
          const request = message.req as { params?: { run?: string } } | undefined;
          const run = String(message.run ?? request?.params?.run ?? message.sync?.run ?? '');
          const headers = { 'content-type': 'application/json' };
          const reply = (statusCode: number, payload: unknown) => send({ ...message, payload, statusCode, headers });
          const node = storeOf(RED, settings.store);
          try {
            const sent = requestOf(message);
            if (sent) node.identifier().identify(sent);
          } catch (error) {
            const notAllowed = answerNotAllowed(error);
            if (!notAllowed) throw error;
            return send({ ...message, ...notAllowed });
          }
          const summaryOf = async () => (await node.open()).runs.summary(run);
          const summary = await summaryOf().catch((error: Error) => {
            // Whoever waits for the answer to a request gets one, too.
            if (request && error instanceof StoreError) reply(503, { error: error.message, code: error.code });
            throw error;
          });
          reply(summary ? 200 : 404, summary ?? { error: `There is no run ${run.slice(0, 100)}.` });
          if (summary) showStatus(RED, this, 'done', summary.state.replaceAll('-', '_'));
          else showStatus(RED, this, 'idle', 'missing');
        },
        [settings.store],
      );
    });
  });
}
