import type { DeployedNode } from '../store/node-settings.ts';
import { ownTypes } from './own-types.ts';

/** A node as Node-RED's flow file has it. */
export type FlowNode = { readonly id: string; readonly type: string; readonly [field: string]: unknown };

/** Fields that Node-RED keeps of a node beside its settings: where it stands, how it looks, what it is wired to. */
const BESIDE = new Set('id type z g x y w h d l wires info icon inputLabels outputLabels credentials _users _deleted'.split(' '));

/** Our nodes of a flow with their settings; `disabled` is one of them, whether the node or its tab is. */
export function deployedNodes(flows: readonly FlowNode[]): DeployedNode[] {
  const types = ownTypes();
  const off = new Set(flows.filter(({ type, disabled }) => type === 'tab' && disabled === true).map(({ id }) => id));
  return flows
    .filter(({ type }) => types.has(type))
    .map((node) => {
      const settings = Object.fromEntries(Object.entries(node).filter(([field]) => !BESIDE.has(field)));
      const disabled = node.d === true || off.has(String(node.z));
      return { id: node.id, type: node.type, settings: disabled ? { ...settings, disabled } : settings };
    });
}
