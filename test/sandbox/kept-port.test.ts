import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptPort } from '../../sandbox/kept-port.ts';
import { freePort } from '../support/ports.ts';

describe('a kept port', () => {
  const homes: string[] = [];
  const servers: Server[] = [];
  const newHome = async () => {
    const home = await mkdtemp(join(tmpdir(), 'planbridge-port-'));
    homes.push(home);
    return join(home, 'deep');
  };
  const take = async (port: number) => {
    const server = createServer().listen(port, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return server;
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    for (const home of homes.splice(0)) await rm(home, { recursive: true });
  });

  it('is the wanted one where that is free', async () => {
    const wanted = await freePort();
    assert.equal(await keptPort(await newHome(), 'odoo', wanted), wanted);
  });

  it('is a later one where it is not, and stays so when the wanted one is free again', async () => {
    const wanted = await freePort();
    const home = await newHome();
    const other = await take(wanted);
    const port = await keptPort(home, 'odoo', wanted);
    assert.ok(port > wanted);
    other.close();
    await once(other, 'close');
    assert.equal(await keptPort(home, 'odoo', wanted), port);
    assert.equal(await keptPort(home, 'broker', wanted), wanted);
  });

  it('gives way for one start only, when somebody else is at it', async () => {
    const home = await newHome();
    const port = await keptPort(home, 'odoo', await freePort());
    const other = await take(port);
    assert.ok((await keptPort(home, 'odoo', port)) > port);
    other.close();
    await once(other, 'close');
    assert.equal(await keptPort(home, 'odoo', port), port);
  });
});
