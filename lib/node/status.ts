import type { Node, NodeAPI } from 'node-red';

/** The states of a node, with Node-RED's own colours and shapes. */
const LOOKS = {
  working: { fill: 'blue', shape: 'dot' },
  done: { fill: 'green', shape: 'dot' },
  waiting: { fill: 'yellow', shape: 'ring' },
  exceptions: { fill: 'yellow', shape: 'dot' },
  idle: { fill: 'grey', shape: 'ring' },
  failed: { fill: 'red', shape: 'ring' },
} as const;

/** Shows a node's status: a look, and a text of its own locale (`<type>.status.<key>`), under 20 characters. */
export function showStatus(
  RED: NodeAPI,
  node: Node,
  look: keyof typeof LOOKS,
  key: string,
  values: Record<string, unknown> = {},
): void {
  node.status({ ...LOOKS[look], text: RED._(`${node.type}.status.${key}`, values as never) });
}

/** Shows a failure by its code; the whole text goes to the log and to Catch nodes. */
export function showFailure(node: Node, error: unknown): void {
  const { code, message } = error as { code?: string; message?: string };
  node.status({ ...LOOKS.failed, text: String(code ?? message ?? 'error').slice(0, 19) });
}
