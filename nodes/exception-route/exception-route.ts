import type { Node, NodeAPI, NodeDef } from 'node-red';
import { z } from 'zod';
import { OWNERS, REASONS } from '../../lib/exceptions/catalogue.ts';
import type { Refusal } from '../../lib/exceptions/refusal.ts';
import { route } from '../../lib/exceptions/routing.ts';
import { placeOf, recordsOf } from '../../lib/node/batch.ts';
import { storeOf } from '../../lib/node/config-nodes.ts';
import { MessageError } from '../../lib/node/errors.ts';
import { onInput } from '../../lib/node/input.ts';
import { needSameStore, takenOver } from '../../lib/node/run-lease.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import { Settings } from './settings.ts';

const Reasoned = z.array(z.looseObject({ reason: z.enum(REASONS as [string, ...string[]]), message: z.string() }));

/** Gives each refusal an owner, an action and a deadline, keeps it in the store, and sends it to its owner's output. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('exception-route', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);

      onInput(
        RED,
        this,
        async (message, send) => {
          const refusals = recordsOf(message) as unknown as Refusal[];
          if (!Reasoned.safeParse(refusals).success)
            throw new MessageError(
              'payload',
              'The message carries no exceptions: wire an exception output of a Planbridge node here.',
            );
          const { run, lease } = placeOf(message);
          needSameStore(lease, settings.store);
          const node = storeOf(RED, settings.store);
          // What a version that waits would come to is nobody's to mend yet.
          if (lease && message.sync?.preview) return void (await takenOver(node, lease, message));
          const routed = refusals.map((refusal) => ({ ...refusal, ...route(refusal, settings.rules) }));
          const store = await node.open();
          const known = run && (lease || (await store.runs.summary(run))) ? run : undefined;
          await store.exceptions.add(routed, known, lease, { who: `exception-route:${this.id}`, mapping: message.sync?.mapping });
          const byOwner = Map.groupBy(routed, ({ owner }) => owner);
          send(OWNERS.map((owner) => (byOwner.has(owner) ? { ...message, payload: byOwner.get(owner) } : null)));
          showStatus(RED, this, 'exceptions', 'routed', { count: routed.length });
          if (lease) await takenOver(node, lease, message);
        },
        [settings.store],
      );
    });
  });
}
