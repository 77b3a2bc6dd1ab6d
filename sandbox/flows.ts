import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FLOWS = join(import.meta.dirname, '..', '..', 'flows');

/** Puts shipped flows together into a Node-RED home, as an import of one after the other would: they share their config nodes. */
export async function writeFlows(home: string, names: readonly string[]): Promise<void> {
  const flows: { id: string }[][] = [];
  for (const name of names) flows.push(JSON.parse(await readFile(join(FLOWS, `${name}.json`), 'utf8')));
  const nodes = new Map(flows.flat().map((node) => [node.id, node]));
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'flows.json'), JSON.stringify([...nodes.values()]));
}
