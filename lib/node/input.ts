import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Node, NodeAPI } from 'node-red';
import type { Lease } from '../canonical/envelope.ts';
import { StoreError } from '../store/errors.ts';
import { callOff, giveBack, leaseOf } from './run-lease.ts';
import { showFailure } from './status.ts';
import type { FlowMessage, Send, SharedNode, SyncStoreNode } from './types.ts';

/** Works on a message. `signal` is aborted when the node closes; work that takes long stops then. */
export type Handler = (message: FlowMessage, send: Send, signal: AbortSignal) => Promise<void> | void;

/** Sees a message as it comes, before its turn, to know what will be needed. What it throws is left for the handler to find. */
export type Outlook = (message: FlowMessage) => void;

/**
 * The one way in which our nodes take messages: one after the other, in the order in which they came, so that a run's
 * parts never overtake each other.
 *
 * A handler that fails never ends the process (an input handler that rejects would): the node shows the failure, `done`
 * gets it, so that Catch nodes do with its `code`, and the run that the message belongs to is given back, to be tried
 * again. A message of a run that went on without it (its lease is stale) is dropped. When the node closes, what is under
 * way is finished or called off, what waits is given back, and the config nodes of `uses` (ids) stay open until then.
 */
export function onInput(
  RED: NodeAPI,
  node: Node,
  handle: Handler,
  uses: readonly string[] = [],
  outlook: Outlook = () => {},
): void {
  const closing = new AbortController();
  const held = uses.map((id) => RED.nodes.getNode(id) as SharedNode | null).filter((shared) => shared !== null);
  let turn: Promise<void> = Promise.resolve();

  /** Gives the error that the message failed with, if it did. */
  const work = async (message: FlowMessage, send: Send, run: Run | undefined): Promise<Error | undefined> => {
    if (closing.signal.aborted && run) return calledOff(run);
    try {
      await handle(message, send, closing.signal);
      return undefined;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'stale-lease') return undefined;
      if (closing.signal.aborted && run) return calledOff(run);
      showFailure(RED, node, error);
      if (run) await giveBack(run.store, run.lease, error as Error).catch(() => undefined);
      return error as Error;
    }
  };

  node.on('input', (incoming, send, done) => {
    const message = incoming as FlowMessage;
    const run = runOf(RED, message);
    const letGo = run?.store.inFlow.work(run.lease);
    try {
      outlook(message);
    } catch {
      // The handler says it, with everything that goes with a failure.
    }
    // Between two messages everything else gets its turn, even where neither has anything to wait for.
    turn = turn
      .then(() => nextTurn())
      .then(async () => done(await work(message, send as Send, run)))
      .catch((error) => node.error(error))
      .finally(letGo);
    for (const shared of run ? [...held, run.store] : held) shared.keepFor(turn);
  });
  node.on('close', (done: () => void) => {
    closing.abort();
    void turn.then(done);
  });
}

type Run = { readonly store: SyncStoreNode; readonly lease: Lease };

/** The run that a message belongs to; none where it carries no lease, or its store is not deployed. */
function runOf(RED: NodeAPI, message: FlowMessage): Run | undefined {
  const lease = leaseOf(message);
  const store = lease && (RED.nodes.getNode(lease.store) as SyncStoreNode | null);
  return store ? { store, lease } : undefined;
}

async function calledOff({ store, lease }: Run): Promise<undefined> {
  await callOff(store, lease).catch(() => undefined);
}
