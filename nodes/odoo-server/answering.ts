import type { NodeAPI } from 'node-red';
import { type BreakerState, breakerOf } from '../../lib/delivery/breaker.ts';
import { settingsOfNodes, storeOf } from '../../lib/node/config-nodes.ts';
import type { OdooServerNode } from '../../lib/node/types.ts';

/**
 * How a server has been answering, as the deployed stores know it: each has a breaker of its own. Of several, where it is
 * left alone for longest; undefined while nothing went unanswered. Rejects where a store does not open.
 */
export async function answeringOf(RED: NodeAPI, server: OdooServerNode): Promise<BreakerState | undefined> {
  const name = server.client().server;
  const stores = settingsOfNodes(RED).filter(({ id, type }) => type === 'sync-store' && RED.nodes.getNode(id));
  const states = await Promise.all(stores.map(async ({ id }) => breakerOf(await storeOf(RED, id).open(), () => name).state()));
  return states.filter((state) => state !== undefined).sort((left, right) => right.openUntil - left.openUntil)[0];
}
