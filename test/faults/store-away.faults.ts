/** PostgreSQL goes away under a real Node-RED, in each way in which a server can, and comes back. */
import assert from 'node:assert/strict';
import pg from 'pg';
import { verifyAudit } from '../../lib/store/verify-audit.ts';
import { mosquittoPath } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { openSite, type Site, until } from './support/site.ts';
import { lookInto } from './support/store-look.ts';
import { goesOn, refused, throughTrouble } from './support/through-trouble.ts';

const url = process.env.TEST_POSTGRES_URL;
const canRun = mustHave('postgres', url) && mustHave('mosquitto', mosquittoPath());
const WORDS = /Nothing was accepted: The (store does not answer|connection to the store broke off): /;

(canRun ? describe : describe.skip)('a PostgreSQL store that goes away', function () {
  this.timeout(60_000);
  const seed = countOf('seed');
  const chance = chanceOf(seed);
  const name = `planbridge_away_${process.pid}`;
  const { hostname, port } = new URL(url ?? 'postgres://localhost');
  const direct = Object.assign(new URL(url ?? 'postgres://localhost'), { pathname: `/${name}` });
  let admin: pg.Client;
  let proxy: TcpProxy;
  let site: Site;
  before(async () => {
    admin = new pg.Client(url);
    await admin.connect();
    await admin.query(`create database ${name}`);
    proxy = await startTcpProxy({ host: hostname, port: Number(port || 5432) });
    // A query that is not answered fails sooner than it would by itself, for the sake of the test.
    const search = 'query_timeout=2000';
    site = await openSite(Object.assign(new URL(direct), { hostname: '127.0.0.1', port: proxy.port, search }).href);
    await site.start();
  });
  after(async () => {
    await site?.close();
    await proxy?.close();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });

  it(`refuses in words, leaves events with the broker, and goes on by itself once it is back (seed ${seed})`, async () => {
    await throughTrouble(site, { code: 'unavailable', words: WORDS, begin: proxy.cut, end: proxy.restore, chance });
  });

  it(`does so where the network swallows everything and says nothing (seed ${seed})`, async () => {
    await throughTrouble(site, { code: 'unavailable', words: WORDS, begin: proxy.hush, end: proxy.restore, chance });
  });

  it(`comes up while it is away, and opens it by itself once it is back (seed ${seed})`, async () => {
    const already = await site.delayed();
    await site.kill('SIGTERM');
    await proxy.cut();
    const events = chance.int(1, 6);
    await site.delay(events);
    await site.start();
    await refused(site, 'unavailable', WORDS);
    assert.equal((await site.run('any')).status, 503);
    await proxy.restore();
    await goesOn(site, events, already);
  });

  it('has an audit that holds, and no work left', async () => {
    const look = await lookInto(direct.href);
    try {
      await until('the end of all work', () => look.drained());
      await site.kill('SIGTERM');
      assert.deepEqual((await verifyAudit(direct.href)).faults, []);
      assert.deepEqual([...new Set((await look.jobs()).map(({ state }) => state))], ['done']);
    } finally {
      await look.close();
    }
  });
});
