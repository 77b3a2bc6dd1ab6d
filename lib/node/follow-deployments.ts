import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeAPI } from 'node-red';
import { deployedNodes, type FlowNode } from './deployed-nodes.ts';
import { deployerSince } from './deployer.ts';
import { openPatiently } from './open-patiently.ts';
import type { SyncStoreNode } from './types.ts';

type Started = { readonly config: { readonly flows: readonly FlowNode[] } };

/** Some deployments are told to the audit log only when their flows are started already. */
const TOLD_LATE_MILLISECONDS = 250;

/** What is remembered for a store node while the process lives, through deployments of the node itself. */
type Memory = {
  /** When its last deployment was told (ms since 1970). */
  since: number;
  /** By node, what its credentials are compared by: nobody can turn it back into them. */
  readonly prints: Map<string, string>;
};
const memories = new Map<string, Memory>();
const SALT = randomBytes(32);

/** Tells the store of each deployment, so that the audit says whose settings changed, how, and by whom. */
export function followDeployments(RED: NodeAPI, node: SyncStoreNode): void {
  const closing = new AbortController();

  const record = async ({ config: { flows } }: Started): Promise<void> => {
    const memory: Memory = memories.get(node.id) ?? { since: 0, prints: new Map() };
    memories.set(node.id, memory);
    const nodes = deployedNodes(flows).map((deployed) => {
      const credentials = JSON.stringify(RED.nodes.getCredentials(deployed.id) ?? {});
      const print = createHmac('sha256', SALT).update(credentials).digest('hex');
      const before = memory.prints.get(deployed.id);
      memory.prints.set(deployed.id, print);
      return { ...deployed, newCredentials: before !== undefined && before !== print };
    });
    await sleep(TOLD_LATE_MILLISECONDS, undefined, { signal: closing.signal }).catch(() => undefined);
    const who = deployerSince(memory.since);
    memory.since = Date.now();
    const store = closing.signal.aborted ? await node.open() : await openPatiently(node, closing.signal, () => {});
    await store?.settings.record({ home: node.id, who, nodes });
  };

  let recording: Promise<void> = Promise.resolve();
  const started = (deployment: Started): void => {
    recording = recording.then(() => record(deployment)).catch((error: Error) => node.error(error));
    node.keepFor(recording);
  };
  RED.events.on('flows:started', started);
  node.on('close', () => {
    closing.abort();
    RED.events.off('flows:started', started);
  });
}
