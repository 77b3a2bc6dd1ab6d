import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { LINE } from '../../lib/canonical/marks.ts';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { listPresets, loadPreset } from '../../lib/mapping/presets.ts';

const Try = z.object({
  mapping: z.unknown().optional(),
  preset: z.string().optional(),
  sample: z.array(z.record(z.string(), z.unknown())).max(100, 'A sample has at most 100 records.'),
  timezone: z.string().optional(),
});

/** What the form asks: which presets there are, what one says, and what a mapping makes of a sample. */
export function serveMappingRoutes(RED: NodeAPI): void {
  const mayRead = RED.auth.needsPermission('planbridge.read');

  RED.httpAdmin.get('/planbridge/mapping/presets', mayRead, (_request, response) => {
    response.json(listPresets().map((info) => ({ ...info, mapping: loadPreset(info.id) })));
  });

  RED.httpAdmin.post('/planbridge/mapping/try', mayRead, (request, response) => {
    const work = async () => {
      const { mapping, preset, sample, timezone } = Try.parse(request.body);
      const engine = compileMapping(preset ? loadPreset(preset) : mapping);
      const records = sample.map((record, at) => ({ ...record, [LINE]: at + 1 }));
      return engine.map(records, { zone: timezone || 'UTC' });
    };
    work().then(
      (result) => response.json(result),
      (error: Error) =>
        response.status(400).json({ error: error instanceof z.ZodError ? error.issues[0]?.message : error.message }),
    );
  });
}
