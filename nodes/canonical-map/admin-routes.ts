import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { LINE } from '../../lib/canonical/marks.ts';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { odooLookups } from '../../lib/mapping/odoo-lookups.ts';
import { listPresets, loadPreset } from '../../lib/mapping/presets.ts';
import { serverOf } from '../../lib/node/config-nodes.ts';

const Try = z.object({
  mapping: z.unknown().optional(),
  preset: z.string().optional(),
  sample: z.array(z.record(z.string(), z.unknown())).max(100, 'A sample has at most 100 records.'),
  timezone: z.string().optional(),
  /** The server in which the mapping's look-ups are made. */
  server: z.string().optional(),
});

/** What the form asks: which presets there are, what one says, and what a mapping makes of a sample. */
export function serveMappingRoutes(RED: NodeAPI): void {
  const mayRead = RED.auth.needsPermission('planbridge.read');

  RED.httpAdmin.get('/planbridge/mapping/presets', mayRead, (_request, response) => {
    response.json(listPresets().map((info) => ({ ...info, mapping: loadPreset(info.id) })));
  });

  RED.httpAdmin.post('/planbridge/mapping/try', mayRead, (request, response) => {
    const work = async () => {
      const { mapping, preset, sample, timezone, server } = Try.parse(request.body);
      const engine = compileMapping(preset ? loadPreset(preset) : mapping);
      const records = sample.map((record, at) => ({ ...record, [LINE]: at + 1 }));
      const lookups = server && engine.needsLookups ? { lookups: odooLookups(serverOf(RED, server).client()) } : {};
      return engine.map(records, { zone: timezone || 'UTC', ...lookups });
    };
    work().then(
      (result) => response.json(result),
      (error: Error) =>
        response.status(400).json({ error: error instanceof z.ZodError ? error.issues[0]?.message : error.message }),
    );
  });
}
