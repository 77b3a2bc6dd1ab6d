import type { Node, NodeAPI, NodeDef } from 'node-red';
import { plantDate } from '../../lib/canonical/period.ts';
import { masterData } from '../../lib/forecast/master-data.ts';
import { DemandCollector } from '../../lib/forecast/targets/demand.ts';
import { reorderingRules } from '../../lib/forecast/targets/reordering-rules.ts';
import { placeOf, recordsOf } from '../../lib/node/batch.ts';
import { serverOf } from '../../lib/node/config-nodes.ts';
import { onInput } from '../../lib/node/input.ts';
import { runContext } from '../../lib/node/run-context.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import { Settings } from './settings.ts';

/** Records a message: reordering rules of a large plant leave as a sequence of their own. */
const BATCH = 1000;

/** Turns a run's accepted lines into what its target takes: sums them part by part, and sends the rules after the last. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('forecast-target', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      const collectorOf = runContext(() => new DemandCollector());

      onInput(
        RED,
        this,
        async (message, send) => {
          const collector = collectorOf(message);
          collector.add(recordsOf(message));
          const { sequence, last } = placeOf(message);
          if (!last) return showStatus(RED, this, 'working', 'collecting');

          const server = serverOf(RED, settings.server);
          const today = plantDate(server.zone);
          const data = masterData(server.client(), { productKey: settings.productKey, ttlSeconds: settings.cacheSeconds });
          const master = await data.load(collector.references(), today);
          const rules = await reorderingRules(collector, { ...settings, today, zone: server.zone }, master);
          // A run that has nothing to do says so too: the nodes behind settle it.
          const count = Math.max(1, Math.ceil(rules.length / BATCH));
          for (let index = 0; index < count; index++)
            send({
              ...message,
              payload: rules.slice(index * BATCH, (index + 1) * BATCH),
              parts: { id: sequence ?? message._msgid, index, count, type: 'array' },
            });
          showStatus(RED, this, 'done', 'rules', { count: rules.length });
        },
        [settings.server],
      );
    });
  });
}
