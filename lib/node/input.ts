import type { Node, NodeAPI } from 'node-red';
import { Lease } from '../canonical/envelope.ts';
import { backoff } from '../delivery/backoff.ts';
import { OdooError } from '../odoo/errors.ts';
import { StoreError } from '../store/errors.ts';
import { storeOf } from './config-nodes.ts';
import { showFailure } from './status.ts';
import type { FlowMessage, Send } from './types.ts';

export type Handler = (message: FlowMessage, send: Send) => Promise<void> | void;

/**
 * The one way in which our nodes take messages: one after the other, in the order in which they came, so that a run's
 * parts never overtake each other.
 *
 * A handler that fails never ends the process (an input handler that rejects would): the node shows the failure, `done`
 * gets it, so that Catch nodes do with its `code`, and the run that the message belongs to is given back, to be tried
 * again. A message of a run that went on without it (its lease is stale) is dropped.
 */
export function onInput(RED: NodeAPI, node: Node, handle: Handler): void {
  let turn: Promise<void> = Promise.resolve();
  node.on('input', (incoming, send, done) => {
    const message = incoming as FlowMessage;
    turn = turn.then(async () => {
      try {
        await handle(message, send as Send);
        done();
      } catch (error) {
        if (error instanceof StoreError && error.code === 'stale-lease') return done();
        showFailure(node, error);
        await giveBack(RED, message, error as Error).catch(() => undefined);
        done(error as Error);
      }
    });
  });
}

/** Gives a run back, to be emitted again later. Odoo being away does not count as a try. */
async function giveBack(RED: NodeAPI, message: FlowMessage, error: Error): Promise<void> {
  const lease = Lease.safeParse(message.sync?.lease);
  if (!lease.success) return;
  const store = await storeOf(RED, lease.data.store).open();
  const away = error instanceof OdooError && error.code === 'unavailable';
  await store.jobs.retry(lease.data, { error: error.message, delayMs: backoff(lease.data.token), countAttempt: !away });
}
