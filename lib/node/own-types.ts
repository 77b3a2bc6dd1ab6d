import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Package = { readonly 'node-red': { readonly nodes: Readonly<Record<string, string>> } };

let types: ReadonlySet<string> | undefined;

/** The types of our nodes, as the package names them to Node-RED. */
export function ownTypes(): ReadonlySet<string> {
  types ??= new Set(Object.keys(readPackage()['node-red'].nodes));
  return types;
}

/** `package.json` at the package's root: two folders up from `lib/node`, three from `dist/lib/node`. */
function readPackage(): Package {
  const here = dirname(fileURLToPath(import.meta.url));
  const read = (...up: string[]) => JSON.parse(readFileSync(join(here, ...up, 'package.json'), 'utf8')) as Package;
  try {
    return read('..', '..');
  } catch {
    return read('..', '..', '..');
  }
}
