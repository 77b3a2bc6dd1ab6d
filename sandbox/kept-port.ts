import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/**
 * A port on loopback for a server of `npm start` that is the same at each start of a home: the wanted one or the next that is
 * free, as the first start found it. What Planbridge knows of a server, such as its circuit breaker, goes by the address.
 */
export async function keptPort(home: string, server: string, wanted: number): Promise<number> {
  const file = join(home, 'ports.json');
  const kept: Record<string, number> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  let port = kept[server] ?? wanted;
  while (!(await isFree(port))) port++;
  if (!(server in kept)) {
    await mkdir(home, { recursive: true });
    writeFileSync(file, JSON.stringify({ ...kept, [server]: port }));
  }
  return port;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
