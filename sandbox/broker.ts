import { once } from 'node:events';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';

export type Broker = {
  readonly url: string;
  /** Resolves once somebody listens: what was sent before reaches nobody. */
  readonly subscribed: Promise<unknown>;
  close(): Promise<void>;
};

/** Starts an MQTT 3.1.1 broker on loopback. It keeps its sessions in memory: enough to try shop-floor events with. */
export async function startBroker(port = 0): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const server = createServer((socket) => void aedes.handle(socket));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The broker has no port.');

  return {
    url: `mqtt://127.0.0.1:${address.port}`,
    subscribed: once(aedes, 'subscribe'),
    async close() {
      server.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}
