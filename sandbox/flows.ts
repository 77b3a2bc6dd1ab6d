import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FLOWS = join(import.meta.dirname, '..', 'flows');

/**
 * Puts shipped flows together into a new Node-RED home, as an import of one after the other would: they share their config
 * nodes. A home that has flows keeps them. `settings` are changed in the nodes of these ids.
 */
export async function writeFlows(
  home: string,
  names: readonly string[] = ['forecast-import', 'exception-desk', 'shop-floor-events', 'dead-letters'],
  settings: Readonly<Record<string, object>> = {},
): Promise<void> {
  const file = join(home, 'flows.json');
  if (existsSync(file)) return;
  const flows: { id: string }[][] = [];
  for (const name of names) flows.push(JSON.parse(await readFile(join(FLOWS, `${name}.json`), 'utf8')));
  const nodes = new Map(flows.flat().map((node) => [node.id, { ...node, ...settings[node.id] }]));
  await mkdir(home, { recursive: true });
  await writeFile(file, JSON.stringify([...nodes.values()], null, 4));
}
