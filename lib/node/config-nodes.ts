import type { NodeAPI } from 'node-red';
import { SettingsError } from './errors.ts';
import type { CanonicalMapNode, OdooServerNode, SyncStoreNode } from './types.ts';

/** The server that a node is set to. Throws SettingsError where none is chosen or deployed. */
export function serverOf(RED: NodeAPI, id: string): OdooServerNode {
  const node = RED.nodes.getNode(id) as OdooServerNode | null;
  if (node?.type !== 'odoo-server') throw new SettingsError('No Odoo server is chosen. Open the node, choose one and deploy.');
  return node;
}

/** The store that a node is set to, or that a message's lease names. */
export function storeOf(RED: NodeAPI, id: string): SyncStoreNode {
  const node = RED.nodes.getNode(id) as SyncStoreNode | null;
  if (node?.type !== 'sync-store') throw new SettingsError('No store is chosen. Open the node, choose one and deploy.');
  return node;
}

/** The deployed `canonical-map` nodes that map by the mapping of this id. */
export function mappingNodes(RED: NodeAPI, mapping: string): CanonicalMapNode[] {
  const found: CanonicalMapNode[] = [];
  RED.nodes.eachNode(({ id, type }) => {
    const node = type === 'canonical-map' ? (RED.nodes.getNode(id) as CanonicalMapNode | null) : null;
    if (node?.mapping === mapping) found.push(node);
  });
  return found;
}
