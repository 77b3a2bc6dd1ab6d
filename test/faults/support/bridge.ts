import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFlows } from '../../../sandbox/flows.ts';
import { type RunningNodeRed, startNodeRed } from '../../../sandbox/node-red.ts';
import { freePort } from '../../support/ports.ts';
import type { TestServer } from '../../support/servers.ts';
import { AUTOMATIC } from './approval.ts';
import { lookInto } from './store-look.ts';

/** For how long the bridge waits, in seconds: short, so that a test need not wait for it long. */
export type Patience = {
  /** Odoo's own limit, and for how long an answer is waited for. */
  readonly limit?: number;
  readonly timeout?: number;
  /** After which a run or event that got lost in the flow comes again. As in the shipped flows where it is left out. */
  readonly lease?: number;
};

export type BridgeOptions = Patience & {
  /** Odoo's address, where something stands between. */
  readonly odoo?: string;
  readonly server: TestServer;
  readonly broker: string;
  /** The store that several share; one of its own where it is left out. */
  readonly store?: string;
  /** Names the instance to the broker. */
  readonly clientId?: string;
  /** Instances of a group share the events. */
  readonly group?: string;
  /** Settings of the node that approves; it lets everything through where they are left out. */
  readonly approve?: object;
};

/** The shipped flows in a real Node-RED process, to be started and ended in every way. */
export type Bridge = {
  readonly store: string;
  /** Where it answers; undefined while it does not run or is not meant to be asked. */
  address(): string | undefined;
  /** Starts it, ready or not; `killAt` is a point as `kill-points.ts` names them, and how often it is passed. */
  start(killAt?: string): Promise<RunningNodeRed>;
  /** Ends it as a power cut would, or says that it had ended. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Deploys its flow anew: `full`, `nodes` or `flows`. `change` gets all nodes. */
  deploy(type: string, change?: (nodes: FlowNode[]) => void): Promise<void>;
  /** Waits until there is no work left, and none comes for a while. */
  drained(seconds?: number): Promise<void>;
  close(): Promise<void>;
};

export type FlowNode = { readonly id: string; readonly type: string; [setting: string]: unknown };

const FLOWS = ['forecast-import', 'shop-floor-events'];

export async function openBridge({
  odoo,
  server,
  broker,
  clientId = 'planbridge',
  limit = 2,
  timeout = 4,
  lease,
  ...options
}: BridgeOptions): Promise<Bridge> {
  const home = await mkdtemp(join(tmpdir(), 'planbridge-faults-'));
  const store = options.store ?? join(home, 'planbridge.sqlite');
  const port = await freePort();
  const leased = lease === undefined ? {} : { leaseSeconds: lease };
  await writeFlows(home, FLOWS, {
    odoo: { limit, timeout },
    receive: leased,
    approve: { ...leased, ...AUTOMATIC, ...options.approve },
    events: { ...leased, clientId, group: options.group ?? '' },
  });
  const env = {
    ODOO_URL: odoo ?? server.url,
    ODOO_DB: server.database,
    ODOO_LOGIN: server.login,
    ODOO_PASSWORD: server.password,
    ODOO_API_KEY: server.apiKey ?? '',
    MQTT_URL: broker,
    PLANBRIDGE_STORE: options.store ?? '',
  };
  let running: RunningNodeRed | undefined;
  const end = async (signal: NodeJS.Signals) => {
    const ending = running;
    running = undefined;
    ending?.process.kill(signal);
    await ending?.exited;
  };
  const bridge: Bridge = {
    store,
    address: () => running?.url,
    async start(killAt) {
      running = await startNodeRed({
        home,
        port,
        quiet: true,
        env: { ...env, FAULTS_KILL_AT: killAt ?? '' },
        nodeArguments: ['--import', join(import.meta.dirname, 'kill-points.ts')],
      });
      // Whoever waits for it hears of its end; nobody has to.
      running.ready.catch(() => undefined);
      return running;
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    signal: (signal) => void running?.process.kill(signal),
    async deploy(type, change = () => {}) {
      const nodes = (await (await fetch(`${running?.url}/flows`)).json()) as FlowNode[];
      change(nodes);
      const answer = await fetch(`${running?.url}/flows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': type },
        body: JSON.stringify(nodes),
      });
      if (!answer.ok) throw new Error(`The flow was not deployed: ${answer.status} ${await answer.text()}`);
    },
    async drained(seconds = 120) {
      const look = await lookInto(store);
      try {
        let quiet = 0;
        for (const until = Date.now() + seconds * 1000; quiet < 5; await sleep(200)) {
          quiet = (await look.drained()) ? quiet + 1 : 0;
          if (Date.now() < until) continue;
          const open = (await look.jobs()).filter(({ state }) => state !== 'done');
          throw new Error(`After ${seconds} s there is still work: ${JSON.stringify(open)}`);
        }
      } finally {
        await look.close();
      }
    },
    async close() {
      await end('SIGKILL');
      await rm(home, { recursive: true, force: true });
    },
  };
  return bridge;
}
