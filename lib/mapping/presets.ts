import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MappingError } from './errors.ts';
import { Mapping, type MappingSource } from './mapping.ts';

export type PresetInfo = {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly to: string;
};

let folder: string | undefined;

/** `mappings/` at the package's root: two folders up from `lib/mapping`, three from `dist/lib/mapping`. */
function presetFolder(): string {
  if (folder) return folder;
  const here = dirname(fileURLToPath(import.meta.url));
  const candidates = [join(here, '..', '..', 'mappings'), join(here, '..', '..', '..', 'mappings')];
  for (const candidate of candidates)
    try {
      readdirSync(candidate);
      folder = candidate;
      return candidate;
    } catch {
      // Not here: the other one is where a built package has it.
    }
  throw new MappingError('The preset', [{ code: 'preset', at: '', message: `The folder mappings/ is missing beside ${here}.` }]);
}

/** The presets that come with the package, by id. */
export function listPresets(): PresetInfo[] {
  return presetIds().map((id) => {
    const { version, title = id, description = '', from, to } = Mapping.parse(loadPreset(id));
    return { id, version, title, description, from, to };
  });
}

/**
 * A preset as a person would write it; `compileMapping` makes it ready.
 * @throws MappingError `preset` for an id that there is none of
 */
export function loadPreset(id: string): MappingSource {
  // Chosen from the list, so that an id with dots and slashes leads nowhere else.
  if (!presetIds().includes(id))
    throw new MappingError(`The preset "${id.slice(0, 100)}"`, [
      { code: 'preset', at: '', message: `There is none; there are ${presetIds().join(', ')}.` },
    ]);
  return JSON.parse(readFileSync(join(presetFolder(), `${id}.json`), 'utf8')) as MappingSource;
}

/** Whether a mapping is given by the id of a preset; a mapping's own text is JSON. */
export function isPreset(mapping: unknown): mapping is string {
  return typeof mapping === 'string' && !mapping.trimStart().startsWith('{');
}

function presetIds(): string[] {
  return readdirSync(presetFolder())
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}
