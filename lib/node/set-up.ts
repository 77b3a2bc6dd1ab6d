import type { Node, NodeAPI } from 'node-red';
import { onInput } from './input.ts';
import { showFailure } from './status.ts';

/**
 * Sets a node up. One whose settings are not right says so, and fails each message with the same words; without this,
 * Node-RED would leave it out of the flow, and messages to it would vanish. `work` takes input last of all.
 */
export function setUp(RED: NodeAPI, node: Node, work: () => void): void {
  try {
    work();
  } catch (error) {
    showFailure(RED, node, error);
    node.error(error as Error);
    onInput(RED, node, () => {
      throw error;
    });
  }
}
