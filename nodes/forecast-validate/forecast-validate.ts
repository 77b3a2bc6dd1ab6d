import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { BaselineSource } from '../../lib/forecast/baseline.ts';
import { masterData } from '../../lib/forecast/master-data.ts';
import { appliedRules } from '../../lib/forecast/rules/applied.ts';
import { openRun } from '../../lib/forecast/run.ts';
import { validateInTurns } from '../../lib/forecast/validation.ts';
import { placeOf, recordsOf } from '../../lib/node/batch.ts';
import { serverOf, storeOf } from '../../lib/node/config-nodes.ts';
import { onInput } from '../../lib/node/input.ts';
import { runContext } from '../../lib/node/run-context.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import { Settings } from './settings.ts';

/** Checks canonical forecast lines by the rules, against Odoo's master data; counts them for the run's control totals. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('forecast-validate', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      const { pastDays, futureDays, insideLeadTime, productKey, supplierDomain, deviations, cacheSeconds } = settings;
      const baselineOf = (name: string): BaselineSource => {
        return async (places) => (await storeOf(RED, settings.store).open()).versions.baselineItems(name, places);
      };
      const runOf = runContext(({ sync }) => {
        const { zone } = serverOf(RED, settings.server);
        const baseline = sync?.interface ? baselineOf(sync.interface) : undefined;
        return openRun({ zone, pastDays, futureDays, insideLeadTime, deviations, baseline });
      });

      const data = () =>
        masterData(serverOf(RED, settings.server).client(), { productKey, supplierDomain, ttlSeconds: cacheSeconds });

      onInput(
        RED,
        this,
        async (message, send) => {
          const lines = recordsOf(message);
          const run = runOf(message);
          showStatus(RED, this, 'working', 'checking', { count: lines.length });
          const [master] = await Promise.all([data().load(lines, run.today), run.baseline?.load(lines)]);
          const { accepted, refusals, totals } = await validateInTurns(lines, run, master);
          const { lease, index } = placeOf(message);
          if (lease) {
            const { runs } = await storeOf(RED, lease.store).open();
            await runs.total(lease, 'validated', String(index), totals.validated);
            await runs.total(lease, 'accepted', String(index), totals.accepted);
          }
          const sync = { ...message.sync, rules: appliedRules(run, settings) };
          if (refusals.length > 0) send([null, { ...message, sync, payload: refusals }]);
          send([{ ...message, sync, payload: accepted }, null]);
          const counts = { count: accepted.length, refused: refusals.length };
          showStatus(RED, this, refusals.length > 0 ? 'exceptions' : 'done', refusals.length > 0 ? 'held' : 'accepted', counts);
        },
        [settings.server, settings.store],
        (message) => data().expect(recordsOf(message)),
      );
    });
  });
}
