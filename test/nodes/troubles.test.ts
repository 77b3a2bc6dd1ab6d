import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import canonicalMap from '../../nodes/canonical-map/canonical-map.ts';
import exceptionRoute from '../../nodes/exception-route/exception-route.ts';
import forecastReceive from '../../nodes/forecast-receive/forecast-receive.ts';
import forecastTarget from '../../nodes/forecast-target/forecast-target.ts';
import forecastValidate from '../../nodes/forecast-validate/forecast-validate.ts';
import odooWrite from '../../nodes/odoo-write/odoo-write.ts';
import { type Sandbox, startSandbox } from '../../sandbox/odoo/server.ts';
import { freePort } from '../support/ports.ts';
import type { TestServer } from '../support/servers.ts';
import { nodeOf, sentTo, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

const NODES = [canonicalMap, exceptionRoute, forecastReceive, forecastTarget, forecastValidate, odooWrite];
const month = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 7);
const CSV = `product,location,period,quantity\nBIKE-CITY,WH,${month},40\nNO-SUCH-BIKE,WH,${month},2\n`;

describe('a run whose Odoo is in trouble', function () {
  this.timeout(30_000);
  let sandbox: Sandbox;
  let website: Server;
  beforeEach(async () => {
    sandbox = await startSandbox();
    website = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'));
    await once(website.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(async () => {
    await stopFlow();
    await sandbox.close();
    website.close();
  });

  const start = (changed: Partial<TestServer> = {}) =>
    startFlow(
      NODES,
      [
        { id: 'receive', type: 'forecast-receive', store: 'store', wires: [['reply'], ['in']] },
        { id: 'in', type: 'canonical-map', preset: 'forecast-default', wires: [['validate'], ['route']] },
        { id: 'validate', type: 'forecast-validate', server: 'odoo', wires: [['target'], ['route']] },
        { id: 'target', type: 'forecast-target', server: 'odoo', wires: [['out']] },
        { id: 'out', type: 'canonical-map', preset: 'odoo-reordering-rules', server: 'odoo', wires: [['write'], ['route']] },
        {
          id: 'write',
          type: 'odoo-write',
          server: 'odoo',
          store: 'store',
          followUp: 'action_replenish',
          maxAttempts: 1,
          wires: [['applied'], ['route', 'refused']],
        },
        { id: 'route', type: 'exception-route', store: 'store', wires: [[], [], ['master-data'], ['integration']] },
        ...['reply', 'applied', 'refused', 'master-data', 'integration', 'caught', 'statuses'].map((id) => ({
          id,
          type: 'helper',
        })),
        { id: 'catching', type: 'catch', scope: null, wires: [['caught']] },
        { id: 'watching', type: 'status', scope: ['validate'], wires: [['statuses']] },
      ],
      { odoo: { ...sandbox, name: 'sandbox', ...changed } },
    );
  const receive = async () => {
    nodeOf('receive').receive({ payload: CSV });
    const [reply] = await waitFor('reply');
    return (reply?.payload as { run: string } | undefined)?.run ?? assert.fail('no run');
  };
  const summary = async (run: string) => (await (await store()).runs.summary(run)) ?? assert.fail('no such run');
  const statuses = () => sentTo('statuses').map(({ status }) => (status as { fill?: string; text?: string }).text);

  const faults: readonly [string, () => Promise<Partial<TestServer>> | Partial<TestServer>, string, RegExp, string][] = [
    ['wrong credentials', () => ({ password: 'wrong' }), 'access', /password|log.?in|credentials/i, 'failure.odoo.access'],
    ['an unknown database', () => ({ database: 'elsewhere' }), 'access', /database/i, 'failure.odoo.access'],
    [
      'no server at its address',
      async () => ({ url: `http://127.0.0.1:${await freePort()}` }),
      'unavailable',
      /127\.0\.0\.1/,
      'failure.odoo.unavailable',
    ],
    [
      'no such host',
      () => ({ url: 'http://no-such-host.invalid' }),
      'unavailable',
      /no-such-host\.invalid/,
      'failure.odoo.unavailable',
    ],
    [
      'a website in its place',
      () => ({ url: `http://127.0.0.1:${(website.address() as AddressInfo).port}` }),
      'protocol',
      /Odoo/,
      'failure.odoo.protocol',
    ],
  ];
  for (const [name, changed, code, words, status] of faults)
    it(`says so in words, marks nothing done and tries again later: ${name}`, async () => {
      await start(await changed());
      const run = await receive();
      const [caught] = await waitFor('caught');
      const error = caught?.error as { code?: string; message: string };
      assert.equal(error.code, code, error.message);
      assert.match(error.message, words);
      await until(() => statuses().includes(status));
      const { state, accepted, error: told } = await summary(run);
      assert.deepEqual([state, accepted], ['received', 0]);
      assert.match(told ?? '', words);
      // It comes again, and fails again.
      await waitFor('caught', 2);
    });

  it('goes through once Odoo is back, as if nothing had happened', async () => {
    sandbox.faults.add({ kind: 'refuse' });
    await start();
    const run = await receive();
    await waitFor('caught');
    assert.equal((await summary(run)).state, 'received');
    sandbox.faults.clear();
    await until(async () => (await summary(run)).state === 'applied-with-exceptions');
    const { received, accepted, held, applied, created, exceptionCount } = await summary(run);
    assert.deepEqual(
      { received, accepted, held, applied, created, exceptionCount },
      { received: 2, accepted: 1, held: 1, applied: 1, created: 1, exceptionCount: 1 },
    );
  });

  it('is written soon after the last line is accounted for, wherever that was', async () => {
    await start();
    const since = Date.now();
    const run = await receive();
    await until(async () => (await summary(run)).state === 'applied-with-exceptions');
    assert.ok(Date.now() - since < 3_000, `it took ${Date.now() - since} ms`);
  });

  it('goes to its owner with the reason when it is given up after its last try', async () => {
    sandbox.faults.add({ kind: 'html', model: 'stock.warehouse.orderpoint', method: 'search_read' });
    await start();
    const run = await receive();
    const [given] = await waitFor('refused');
    const [refusal] = (given?.payload ?? []) as { reason: string; message: string }[];
    assert.equal((await waitFor('caught')).length, 1);
    assert.equal(refusal?.reason, 'DELIVERY_FAILED');
    assert.match(refusal?.message ?? '', /Given up after its last try \(1\): The server's answer is not Odoo's/);
    await waitFor('integration');
    await until(async () => (await summary(run)).exceptionCount === 2);
    const { state, dead, applied } = await summary(run);
    assert.deepEqual([state, dead, applied], ['applied-with-exceptions', 1, 0]);
  });
});
