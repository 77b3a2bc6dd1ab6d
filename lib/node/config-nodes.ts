import type { NodeAPI, NodeDef } from 'node-red';
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
  return settingsOfNodes(RED)
    .filter(({ type }) => type === 'canonical-map')
    .map(({ id }) => RED.nodes.getNode(id) as CanonicalMapNode | null)
    .filter((node) => node?.mapping === mapping) as CanonicalMapNode[];
}

/** The settings of all nodes of the flows, disabled ones too. */
export function settingsOfNodes(RED: NodeAPI): NodeDef[] {
  const nodes: NodeDef[] = [];
  RED.nodes.eachNode((node) => void nodes.push(node));
  return nodes;
}
