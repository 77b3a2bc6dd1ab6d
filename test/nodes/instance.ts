import { nextEvent } from '../../lib/events/emission.ts';
import { type Emitter, startEmitter } from '../../lib/node/emitter.ts';
import { runsInFlow } from '../../lib/node/runs-in-flow.ts';
import type { Store } from '../../lib/store/open.ts';
import { startRunEmitter } from '../../nodes/forecast-receive/emitter.ts';

/** A message of a run or an event that an instance sent into its flow. */
export type Sent = { readonly index: number; readonly job: string; readonly token: number };
export type Instance = Emitter & { readonly troubles: Error[] };

/** What an instance does of runs or events, without the rest of Node-RED: sends them into a flow that is at work on each for ever. */
export function startInstance(store: Store, kind: 'run' | 'event', leaseSeconds: number, onSent: (sent: Sent) => void): Instance {
  const node = { open: async () => store, inFlow: runsInFlow(), keepFor: () => {} };
  const troubles: Error[] = [];
  const send = (lease: { job: string; token: number }, index = 0) => {
    node.inFlow.work(lease);
    onSent({ index, ...lease });
  };
  const options = { store: node, queue: kind, leaseSeconds, onTrouble: (error: Error) => void troubles.push(error) };
  if (kind === 'run') return { troubles, ...startRunEmitter({ ...options, emit: ({ lease, index }) => send(lease, index) }) };
  const emitter = startEmitter({
    ...options,
    mostInFlow: 50,
    next: async (opened, claiming) => {
      const event = await nextEvent(opened, claiming);
      if (!event) return undefined;
      return {
        lease: event.lease,
        async *messages() {
          yield () => send(event.lease);
        },
        why: async () => undefined,
      };
    },
  });
  return { troubles, ...emitter };
}
