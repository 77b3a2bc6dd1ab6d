import type { Node, NodeAPI, NodeDef } from 'node-red';
import { acceptEvent, nextEvent } from '../../lib/events/emission.ts';
import { readEvent } from '../../lib/events/read-event.ts';
import { settingsOfNodes, storeOf } from '../../lib/node/config-nodes.ts';
import { startEmitter } from '../../lib/node/emitter.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus, troubles } from '../../lib/node/status.ts';
import { type Credentials, openInboxes } from './inboxes.ts';
import { Settings } from './settings.ts';

/** Whether a node that is taken out of the running flows was deleted, and not merely disabled. */
function isGone(RED: NodeAPI, { id }: Node): boolean {
  return !settingsOfNodes(RED).some((node) => node.id === id);
}

/** Takes events in over MQTT: acknowledges each once it is on disk, then sends it into the flow until it is settled. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType(
    'event-receive',
    function (this: Node & { credentials: Credentials }, config: NodeDef) {
      RED.nodes.createNode(this, config);
      setUp(RED, this, () => {
        const settings = parseSettings(Settings, config);
        const { format, maxKilobytes, maxAttempts, settledBy } = settings;
        const limits = { format, mostBytes: maxKilobytes * 1024 };
        const queue = `event-receive:${this.id}`;
        const store = storeOf(RED, settings.store);
        let connected = false;
        const atRest = () => {
          if (connected) showStatus(RED, this, 'done', 'connected');
          else if (settings.url) this.status({});
          else showStatus(RED, this, 'idle', 'noBroker');
        };
        const troubleOf = troubles(RED, this, atRest);
        const [receiving, emitting] = [troubleOf('receiving'), troubleOf('emitting')];
        atRest();

        const emitter = startEmitter({
          store,
          queue,
          leaseSeconds: settings.leaseSeconds,
          mostInFlow: settings.mostInFlow,
          next: async (opened, claiming) => {
            const emitted = await nextEvent(opened, claiming);
            if (!emitted) return undefined;
            const { topic, key, lease } = emitted;
            const sync = { interface: settings.interface, key, lease: { ...lease, store: settings.store, settledBy } };
            const send = () =>
              this.send(
                'event' in emitted
                  ? [{ topic, payload: [emitted.event], sync }, null]
                  : [null, { topic, payload: [emitted.refusal], sync }],
              );
            return {
              lease,
              async *messages() {
                yield send;
              },
              why: async () => undefined,
            };
          },
          onTrouble: emitting.tell,
          onRecovered: emitting.over,
        });

        const inbox = settings.url
          ? openInboxes(RED, this, store, settings, {
              accept: async (packet, attempt) => {
                const opened = await store.open();
                const reading = await readEvent(packet, { ...limits, queue, births: opened.births });
                await acceptEvent(opened, { queue, maxAttempts, attempt }, packet, reading);
                receiving.over();
                emitter.nudge();
              },
              onConnected: () => {
                connected = true;
                receiving.over();
                atRest();
              },
              onTrouble: receiving.tell,
            })
          : undefined;

        this.on('close', (removed: boolean, done: () => void) => {
          const left = removed && isGone(RED, this) ? inbox?.leave().catch(() => undefined) : inbox?.stop();
          const stopped = Promise.all([left, emitter.stop()]);
          store.keepFor(stopped);
          void stopped.catch((error: Error) => this.error(error)).finally(done);
        });
      });
    } as never,
    { credentials: { user: { type: 'text' }, password: { type: 'password' } } },
  );
}
