import type { Node, NodeAPI, NodeDef } from 'node-red';
import { storeOf } from '../../lib/node/config-nodes.ts';
import { onInput } from '../../lib/node/input.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
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
          const summary = await (await storeOf(RED, settings.store).open()).runs.summary(run);
          const payload = summary ?? { error: `There is no run ${run.slice(0, 100)}.` };
          send({ ...message, payload, statusCode: summary ? 200 : 404, headers: { 'content-type': 'application/json' } });
          if (summary) showStatus(RED, this, 'done', summary.state.replaceAll('-', '_'));
          else showStatus(RED, this, 'idle', 'missing');
        },
        [settings.store],
      );
    });
  });
}
