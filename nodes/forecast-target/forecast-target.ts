import type { Node, NodeAPI, NodeDef } from 'node-red';
import { plantDate } from '../../lib/canonical/period.ts';
import { masterData } from '../../lib/forecast/master-data.ts';
import { DemandCollector } from '../../lib/forecast/targets/demand.ts';
import { type PlannedBatch, planDemand } from '../../lib/forecast/targets/plan.ts';
import { placeOf, recordsOf } from '../../lib/node/batch.ts';
import { serverOf } from '../../lib/node/config-nodes.ts';
import { onInput } from '../../lib/node/input.ts';
import { runContext } from '../../lib/node/run-context.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import { Settings } from './settings.ts';

/** Records a message: what a large plant's forecast becomes leaves as a sequence of its own. */
const BATCH = 1000;

/** What the keys of orders name where a message comes by no interface. */
const NO_INTERFACE = 'forecast';

/** Turns a run's accepted lines into what its target takes: sums them part by part, and sends the records after the last. */
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
          const plan = await planDemand(server.client(), collector, master, {
            ...settings,
            today,
            zone: server.zone,
            interface: typeof message.sync?.interface === 'string' ? message.sync.interface : NO_INTERFACE,
          });
          const refused = plan.refusals.length;
          if (refused > 0) send([null, { ...message, payload: plan.refusals }]);
          const messages = messagesOf(plan.batches);
          for (const [index, { preset, records }] of messages.entries()) {
            const parts = { id: sequence ?? message._msgid, index, count: messages.length, type: 'array' };
            send([{ ...message, payload: records, mapping: preset, parts }, null]);
          }
          const count = messages.reduce((sum, { records }) => sum + records.length, 0);
          showStatus(RED, this, refused > 0 ? 'exceptions' : 'done', refused > 0 ? 'refused' : 'planned', { count, refused });
        },
        [settings.server],
      );
    });
  });
}

/** A thousand records of one kind a message. A run that has nothing to do says so too: the nodes behind settle it. */
function messagesOf(batches: readonly PlannedBatch[]): PlannedBatch[] {
  const messages = batches.flatMap(({ preset, records }) =>
    Array.from({ length: Math.ceil(records.length / BATCH) }, (_, index) => ({
      preset,
      records: records.slice(index * BATCH, (index + 1) * BATCH),
    })),
  );
  return messages.length > 0 ? messages : [batches[0] ?? NOTHING];
}

const NOTHING: PlannedBatch = { preset: 'odoo-reordering-rules', records: [] };
