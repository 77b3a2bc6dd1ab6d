import { createConnection, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, and parts them. */
export type TcpProxy = {
  readonly port: number;
  /** Breaks all connections, and refuses new ones. */
  cut(): Promise<void>;
  /** Passes nothing on any more, and says nothing of it. */
  hush(): void;
  /** Passes everything on again. */
  restore(): Promise<void>;
  close(): Promise<void>;
};

export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let hushed = false;
  const server = createServer((near) => {
    const far = createConnection(target);
    const pair = [near, far] as const;
    pairs.add(pair);
    const part = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('error', part).on('close', part);
    near.on('data', (piece) => !hushed && far.write(piece));
    far.on('data', (piece) => !hushed && near.write(piece));
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  const proxy: TcpProxy = {
    port: address.port,
    async cut() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const [near, far] of pairs) {
        near.destroy();
        far.destroy();
      }
      await closed;
    },
    hush() {
      hushed = true;
    },
    async restore() {
      hushed = false;
      if (!server.listening) await listen(address.port);
    },
    async close() {
      if (server.listening) await proxy.cut();
    },
  };
  return proxy;
}
