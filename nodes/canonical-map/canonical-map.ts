import type { Node, NodeAPI, NodeDef } from 'node-red';
import { SOURCE } from '../../lib/canonical/marks.ts';
import { compileMapping } from '../../lib/mapping/compile.ts';
import type { MapOptions, MappingEngine } from '../../lib/mapping/engine.ts';
import { odooLookups } from '../../lib/mapping/odoo-lookups.ts';
import { loadPreset } from '../../lib/mapping/presets.ts';
import { placeOf, recordsOf } from '../../lib/node/batch.ts';
import { serverOf, storeOf } from '../../lib/node/config-nodes.ts';
import { onInput } from '../../lib/node/input.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showFailure, showStatus } from '../../lib/node/status.ts';
import { serveMappingRoutes } from './admin-routes.ts';
import { asDelivery } from './after-acceptance.ts';
import { Settings } from './settings.ts';

/** Maps records between a system's shape and the canonical model, by a mapping that is data. */
export default function (RED: NodeAPI): void {
  serveMappingRoutes(RED);
  RED.nodes.registerType('canonical-map', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const settings = parseSettings(Settings, config);
    const directed = (engine: MappingEngine) => (settings.direction === 'inverse' ? engine.inverse() : engine);
    let fixed: MappingEngine | undefined;
    try {
      if (settings.source !== 'msg')
        fixed = directed(compileMapping(settings.source === 'preset' ? loadPreset(settings.preset) : settings.mapping));
    } catch (error) {
      showFailure(this, error);
      this.error(error as Error);
    }

    onInput(RED, this, async (message, send) => {
      const engine =
        fixed ??
        directed(
          compileMapping(
            settings.source === 'msg'
              ? message.mapping
              : settings.source === 'preset'
                ? loadPreset(settings.preset)
                : settings.mapping,
          ),
        );
      const given = recordsOf(message);
      const { records, refusals, lines } = await engine.map(given, await optionsFor(engine));
      const { lease, index } = placeOf(message);
      const wasAccepted = given.some((record) => record[SOURCE] !== undefined);
      const expanded = lines - given.length;
      // A wide sheet's row is several lines: the run's control totals count those.
      if (lease && expanded !== 0 && !wasAccepted) {
        const store = await storeOf(RED, lease.store).open();
        await store.runs.total(lease, 'expanded', String(index), { lines: expanded, quantity: '0' });
      }
      const sync = { ...message.sync, mapping: engine.name };
      if (refusals.length > 0) send([null, { ...message, sync, payload: wasAccepted ? refusals.map(asDelivery) : refusals }]);
      send([{ ...message, sync, payload: records, ...(engine.target ? { target: engine.target } : {}) }, null]);
      showStatus(RED, this, refusals.length > 0 ? 'exceptions' : 'done', refusals.length > 0 ? 'refused' : 'mapped', {
        count: records.length,
        refused: refusals.length,
      });
    });

    const optionsFor = async (engine: MappingEngine): Promise<MapOptions> => {
      if (!settings.server) return { zone: settings.timezone || 'UTC' };
      const server = serverOf(RED, settings.server);
      const zone = settings.timezone || server.zone;
      if (!engine.needsLookups && !engine.target) return { zone };
      const client = server.client();
      const fields = engine.target ? new Set(Object.keys(await (await client.profile()).fields(engine.target.model))) : undefined;
      return { zone, lookups: odooLookups(client), ...(fields ? { fields } : {}) };
    };
  });
}
