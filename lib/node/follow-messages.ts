import type { NodeAPI } from 'node-red';
import { leaseOf } from './run-lease.ts';
import type { FlowMessage, SyncStoreNode } from './types.ts';

type Sent = { readonly msg: FlowMessage; readonly source: { readonly id: string } };
type Received = { readonly msg: FlowMessage; readonly destination: { readonly id: string; readonly node?: object | undefined } };
type Completed = { readonly msg: FlowMessage; readonly node: { readonly id: string }; readonly error?: unknown };
type Hooks = {
  has(name: string): boolean;
  add<Event>(name: string, handle: (event: Event) => void): void;
};

type InHand = { readonly node: string; readonly silent: boolean; letGo(): void };

/**
 * Nodes such as `switch` never say when they are done. They are held to be when they send the message on, or after this
 * time: where they do not, it ends with them.
 */
const SILENT_MILLISECONDS = 5_000;

/**
 * Follows the messages of runs and events through all nodes, Node-RED's own and others' as well as ours, and tells their
 * store's `inFlow` which are in hand, and whose node failed. Node-RED has one set of messaging hooks for the whole process.
 */
export function followMessages(RED: NodeAPI): void {
  const { hooks } = RED as unknown as { hooks: Hooks };
  if (hooks.has('onReceive.planbridge')) return;
  /** What was sent and has not come yet, by the message or, until Node-RED has copied that, by the sending. */
  const onTheWay = new WeakMap<object, () => void>();
  /** Messages that a node has; several nodes, where a link passes one on as it is. */
  const inHand = new WeakMap<object, InHand[]>();

  const inFlowOf = (message: FlowMessage) => {
    const lease = message?.sync?.lease && leaseOf(message);
    const store = lease && (RED.nodes.getNode(lease.store) as SyncStoreNode | null);
    return store ? { lease, inFlow: store.inFlow } : undefined;
  };
  const take = (message: FlowMessage): (() => void) | undefined => {
    const found = inFlowOf(message);
    return found?.inFlow.take(found.lease);
  };
  const letGo = (message: FlowMessage, is: (held: InHand) => boolean): void => {
    const held = inHand.get(message);
    const at = held?.findIndex(is) ?? -1;
    if (at >= 0) held?.splice(at, 1)[0]?.letGo();
  };

  hooks.add('onSend.planbridge', (sendings: readonly Sent[]) => {
    for (const sending of sendings) {
      // A node that is gone since a deployment never gets it: it stays on the way, and the event comes again.
      const release = take(sending.msg);
      if (release) onTheWay.set(sending, release);
    }
    for (const { msg, source } of sendings) letGo(msg, ({ node, silent }) => silent && node === source.id);
  });
  hooks.add('preDeliver.planbridge', (sending: Sent) => {
    const release = onTheWay.get(sending);
    if (release) onTheWay.set(sending.msg, release);
  });
  hooks.add('onReceive.planbridge', ({ msg, destination: { id, node } }: Received) => {
    const release = onTheWay.get(msg) ?? take(msg);
    onTheWay.delete(msg);
    if (!release) return;
    const silent = (node as { _expectedDoneCount?: number } | undefined)?._expectedDoneCount === 0;
    if (silent)
      setTimeout(() => {
        // One that was deployed anew in the meantime may have dropped it.
        if (RED.nodes.getNode(id) === node) letGo(msg, (held) => held.silent && held.node === id);
      }, SILENT_MILLISECONDS);
    inHand.set(msg, [...(inHand.get(msg) ?? []), { node: id, silent, letGo: release }]);
  });
  hooks.add('onComplete.planbridge', ({ msg, node: { id }, error }: Completed) => {
    const found = error ? inFlowOf(msg) : undefined;
    found?.inFlow.failed(found.lease, error instanceof Error ? error : new Error(String(error)));
    letGo(msg, ({ node }) => node === id);
  });
}
