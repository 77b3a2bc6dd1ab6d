import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NodeAPI } from 'node-red';
import canonicalMap from '../../nodes/canonical-map/canonical-map.ts';
import { type Sandbox, startSandbox } from '../../sandbox/odoo/server.ts';
import { freePort } from '../support/ports.ts';
import { startFlow, stopFlow, store } from './flow.ts';

describe('what the forms ask', () => {
  let sandbox: Sandbox;
  let admin: Server;
  let flow: NodeAPI;
  const asked: string[] = [];
  const permissions: string[] = [];
  const seeing = (RED: NodeAPI) => {
    flow = RED;
    RED.auth.needsPermission = (permission: string) => (_request: unknown, _response: unknown, next: () => void) => {
      permissions.push(permission);
      next();
    };
  };
  before(async () => {
    sandbox = await startSandbox();
    await startFlow([seeing, canonicalMap], [{ id: 'map', type: 'canonical-map' }], { odoo: { ...sandbox, name: 'sandbox' } });
    admin = createServer(flow.httpAdmin as never).listen(0, '127.0.0.1');
    await once(admin, 'listening');
  });
  after(async () => {
    admin.closeAllConnections();
    admin.close();
    await stopFlow();
    await sandbox.close();
    for (const answer of asked) assert.ok(!answer.includes(sandbox.apiKey) && !answer.includes('hidden'), answer);
  });

  const ask = async (path: string, body?: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${(admin.address() as AddressInfo).port}/planbridge/${path}`, {
      ...(body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    asked.push(text);
    return { status: answer.status, answer: JSON.parse(text) };
  };
  const form = (changed: Record<string, unknown> = {}) => {
    const { url, database, login, password } = sandbox;
    return { url, database, login, credentials: { password, apiKey: '' }, ...changed };
  };

  describe('the test of a connection', () => {
    it('tells protocol, version and models, of a form and of a deployed server', async () => {
      for (const body of [form(), form({ protocol: 'xmlrpc' }), { id: 'odoo' }]) {
        const { status, answer } = await ask('odoo-server/test', body);
        assert.equal(status, 200, JSON.stringify(answer));
        assert.equal(answer.protocol, 'protocol' in body ? 'xmlrpc' : 'jsonrpc');
        assert.match(answer.version, /^19/);
        assert.ok(answer.models > 5);
      }
    });

    it('says in words what is wrong', async () => {
      const nobody = `http://127.0.0.1:${await freePort()}`;
      const faults: [unknown, number, RegExp][] = [
        [form({ credentials: { password: 'hidden', apiKey: '' } }), 502, /password|log.?in|credentials/i],
        [form({ database: 'elsewhere' }), 502, /database/i],
        [form({ url: nobody }), 502, /127\.0\.0\.1/],
        [form({ url: 'odoo' }), 502, /http/],
        [form({ timeout: 'soon' }), 400, /timeout/],
        [form({ tls: 'gone' }), 400, /TLS/],
        [{ id: 'no such server' }, 400, /No Odoo server/],
        [{ id: 7 }, 400, /not right/],
      ];
      for (const [body, status, words] of faults) {
        const given = await ask('odoo-server/test', body);
        assert.deepEqual([given.status, words.test(given.answer.error)], [status, true], JSON.stringify(given));
      }
    });

    it('uses the saved password where the form still hides it, and sends it to no other server', async () => {
      const hidden = { id: 'odoo', credentials: { password: '__PWRD__', apiKey: '' } };
      assert.equal((await ask('odoo-server/test', form(hidden))).status, 200);
      let called = 0;
      const thief = createServer((_, response) => {
        called++;
        response.end();
      }).listen(0, '127.0.0.1');
      await once(thief, 'listening');
      const url = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`;
      const { status, answer } = await ask('odoo-server/test', form({ ...hidden, url }));
      thief.closeAllConnections();
      thief.close();
      assert.deepEqual([status, called], [400, 0]);
      assert.match(answer.error, /type the password/);
    });

    it('takes the address from the environment, as a form that is not deployed writes it', async () => {
      process.env.PLANBRIDGE_TEST_URL = sandbox.url;
      const { status } = await ask('odoo-server/test', form({ url: '$' + '{PLANBRIDGE_TEST_URL}' }));
      delete process.env.PLANBRIDGE_TEST_URL;
      assert.equal(status, 200);
    });
  });

  it('finds models by their name or their title, and the fields of one', async () => {
    const { answer: models } = await ask('odoo-server/odoo/models?search=warehouse');
    assert.ok(models.some(({ model }: { model: string }) => model === 'stock.warehouse'));
    assert.ok(models.length <= 50);
    const { answer: fields } = await ask('odoo-server/odoo/models/stock.warehouse/fields');
    const code = fields.find(({ name }: { name: string }) => name === 'code');
    assert.deepEqual([code?.type, typeof code?.label], ['char', 'string']);
  });

  it('counts what a domain finds, and says where one is wrong', async () => {
    const count = (domain: unknown) => ask('odoo-server/odoo/count', { model: 'stock.warehouse', domain });
    assert.deepEqual((await count([['code', '=', 'WH']])).answer, { count: 1 });
    assert.deepEqual((await count('[("code", "=", "WH")]')).answer, { count: 1 });
    const { status, answer } = await count('[["code", "=",');
    assert.equal(status, 502);
    assert.ok(answer.error.length > 20, answer.error);
  });

  it('tells how a server has been answering, where it did not', async () => {
    assert.deepEqual((await ask('odoo-server/odoo/breaker')).answer, { state: 'closed', failures: 0 });
    const { breakers } = await store();
    const name = `${sandbox.url}/${sandbox.database}`;
    const row = { failures: 4, openUntil: Date.now() + 60_000, error: 'Nothing listens there.' };
    await breakers.write(name, row);
    assert.deepEqual((await ask('odoo-server/odoo/breaker')).answer, { ...row, state: 'open' });
    await breakers.write(name, { failures: 0, openUntil: 0, error: undefined });
  });

  it('answers in words of a model or a server that is not there', async () => {
    for (const path of [
      'odoo-server/odoo/models/no.such/fields',
      'odoo-server/map/models',
      'odoo-server/none/models',
      'odoo-server/none/breaker',
    ]) {
      const { status, answer } = await ask(path);
      assert.ok(status >= 400 && answer.error.length > 10, `${path}: ${status} ${JSON.stringify(answer)}`);
      assert.ok(!/not a function|undefined/.test(answer.error), answer.error);
    }
  });

  it('tries a mapping on a sample: what comes out, and what is refused with its line', async () => {
    const sample = [
      { product: ' A ', location: 'WH', period: '2027-01', quantity: '1,5' },
      { product: 'B', location: 'WH', period: '2027-13', quantity: '1' },
    ];
    const { answer } = await ask('mapping/try', { preset: 'forecast-default', sample });
    assert.deepEqual(
      answer.records.map(({ product, quantity }: Record<string, unknown>) => [product, quantity]),
      [['A', '1.5']],
    );
    assert.deepEqual([answer.refusals[0].line, answer.refusals[0].field], [2, 'period']);
    const { answer: presets } = await ask('mapping/presets');
    const preset = presets.find(({ id }: { id: string }) => id === 'forecast-default');
    const again = await ask('mapping/try', { mapping: JSON.stringify(preset.mapping), sample });
    assert.equal(again.answer.records.length, 1);
  });

  it('tries look-ups in the server that the form names', async () => {
    const sample = [{ product: 'BIKE-CITY', location: 'WH', minimum: 1, maximum: 2, supply: 'manufacture' }];
    const without = await ask('mapping/try', { preset: 'odoo-reordering-rules', sample });
    assert.equal(without.status, 400);
    const { answer } = await ask('mapping/try', { preset: 'odoo-reordering-rules', sample, server: 'odoo' });
    assert.equal(typeof answer.records?.[0]?.product_id, 'number', JSON.stringify(answer));
  });

  it('answers only who may read, and tests the settings of a form only for who may write', async () => {
    permissions.length = 0;
    await ask('odoo-server/test', { id: 'odoo' });
    await ask('odoo-server/odoo/breaker');
    await ask('odoo-server/odoo/models');
    await ask('odoo-server/odoo/models/res.company/fields');
    await ask('odoo-server/odoo/count', { model: 'res.company', domain: [] });
    await ask('mapping/presets');
    await ask('mapping/try', { preset: 'forecast-default', sample: [] });
    assert.deepEqual(permissions, ['planbridge.write', ...Array(6).fill('planbridge.read')]);
  });

  it('says what is wrong with a mapping, where', async () => {
    for (const mapping of [
      '{',
      '{"rows": []}',
      { id: 'x', version: 1, from: 'a', to: 'b', rows: [{ to: 'c', transforms: ['none'] }] },
    ]) {
      const { status, answer } = await ask('mapping/try', { mapping, sample: [{}] });
      assert.deepEqual([status, typeof answer.error], [400, 'string'], JSON.stringify(answer));
    }
    assert.equal((await ask('mapping/try', { preset: 'forecast-default', sample: Array(101).fill({}) })).status, 400);
  });
});
