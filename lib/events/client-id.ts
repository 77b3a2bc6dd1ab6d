import { createHash } from 'node:crypto';

/** What tells an instance and its node apart from all others, and stays the same over restarts. */
export type ClientOf = { readonly host: string; readonly folder: string; readonly node: string };

/**
 * The client id of a node that names none. The broker keeps a session under it, and throws out who came in under the same
 * one; so it is another one for each host, Node-RED folder and node, and always the same for these.
 *
 * @example clientIdOf({ host: 'plant-a', folder: '/data', node: 'events' }) // 'planbridge-plant-a-0b5ff4cc42'
 */
export function clientIdOf({ host, folder, node }: ClientOf): string {
  const mark = createHash('sha256')
    .update(JSON.stringify([host, folder, node]))
    .digest('hex')
    .slice(0, 10);
  return `planbridge-${host.replace(/[^A-Za-z0-9.-]/g, '').slice(0, 40)}-${mark}`;
}
