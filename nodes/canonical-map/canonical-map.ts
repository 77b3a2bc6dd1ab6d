import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type FlowRecord, SOURCE } from '../../lib/canonical/marks.ts';
import { compileMapping } from '../../lib/mapping/compile.ts';
import type { MapOptions, MappingEngine } from '../../lib/mapping/engine.ts';
import { odooLookups } from '../../lib/mapping/odoo-lookups.ts';
import { isPreset, loadPreset } from '../../lib/mapping/presets.ts';
import { targetFields } from '../../lib/mapping/target-fields.ts';
import { placeOf, recordsOf } from '../../lib/node/batch.ts';
import { serverOf, storeOf } from '../../lib/node/config-nodes.ts';
import { onInput } from '../../lib/node/input.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import type { CanonicalMapNode } from '../../lib/node/types.ts';
import { serveMappingRoutes } from './admin-routes.ts';
import { asDelivery } from './after-acceptance.ts';
import { Settings } from './settings.ts';

/** Maps records between a system's shape and the canonical model, by a mapping that is data. */
export default function (RED: NodeAPI): void {
  serveMappingRoutes(RED);
  RED.nodes.registerType('canonical-map', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      const directed = (engine: MappingEngine) => (settings.direction === 'inverse' ? engine.inverse() : engine);
      const fixed =
        settings.source === 'msg'
          ? undefined
          : directed(compileMapping(settings.source === 'preset' ? loadPreset(settings.preset) : settings.mapping));

      const optionsFor = async (engine: MappingEngine, signal: AbortSignal): Promise<MapOptions> => {
        if (!settings.server) return { zone: settings.timezone || 'UTC', signal };
        const server = serverOf(RED, settings.server);
        const zone = settings.timezone || server.zone;
        if (!engine.needsLookups && !engine.target) return { zone, signal };
        const client = server.client();
        const fields = engine.target && (await targetFields(await client.profile(), engine.mapping));
        return { zone, signal, lookups: odooLookups(client), ...(fields ? { fields } : {}) };
      };

      const seen: Pick<CanonicalMapNode, 'mapping' | 'map'> = {
        mapping: settings.direction === 'forward' ? fixed?.mapping.id : undefined,
        async map(records) {
          const { signal } = new AbortController();
          return fixed ? fixed.map(records, await optionsFor(fixed, signal)) : { records: [], refusals: [], lines: 0 };
        },
      };
      Object.assign(this, seen);

      onInput(
        RED,
        this,
        async (message, send, signal) => {
          const engine =
            fixed ?? directed(compileMapping(isPreset(message.mapping) ? loadPreset(message.mapping) : message.mapping));
          const given = recordsOf(message);
          const { records, refusals, lines } = await engine.map(given, await optionsFor(engine, signal));
          const { lease, index } = placeOf(message);
          const acceptedBefore = given.some((record: FlowRecord) => record[SOURCE] !== undefined);
          const expanded = lines - given.length;
          // A wide sheet's row is several lines: the run's control totals count those.
          if (lease && expanded !== 0 && !acceptedBefore) {
            const store = await storeOf(RED, lease.store).open();
            await store.runs.total(lease, 'expanded', String(index), { lines: expanded, quantity: '0' });
          }
          const mappings = [...(message.sync?.mappings ?? []), engine.name];
          const sync = { ...message.sync, mapping: engine.name, mappings };
          const refused = acceptedBefore ? refusals.map(asDelivery) : refusals;
          if (refused.length > 0) send([null, { ...message, sync, payload: refused }]);
          send([{ ...message, sync, payload: records, ...(engine.target ? { target: engine.target } : {}) }, null]);
          const counts = { count: records.length, refused: refused.length };
          showStatus(RED, this, refused.length > 0 ? 'exceptions' : 'done', refused.length > 0 ? 'refused' : 'mapped', counts);
        },
        [settings.server],
      );
    });
  });
}
