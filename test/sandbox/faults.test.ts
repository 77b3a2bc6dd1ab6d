import assert from 'node:assert/strict';
import { type Called, calledSandbox } from './calling.ts';

describe("the stand-in's faults", () => {
  let odoo: Called;
  beforeEach(async () => {
    odoo = await calledSandbox();
  });
  afterEach(() => odoo.sandbox.close());

  const make = (name: string) => odoo.json2('res.partner', 'create', { vals_list: [{ name }] });
  const count = (name: string) => odoo.call<number>('res.partner', 'search_count', { domain: [['name', '=', name]] });
  const raw = () => odoo.post('/json/2/res.partner/search_count', '{"domain":[]}', { authorization: 'bearer sandbox-key' });

  it('refuse as many calls as they are told, then none', async () => {
    odoo.sandbox.faults.add({ kind: 'refuse', times: 2 });
    assert.deepEqual([(await raw()).status, (await raw()).status, (await raw()).status], [503, 503, 200]);
  });

  it('strike only the model and method that they name', async () => {
    odoo.sandbox.faults.add({ kind: 'bad-gateway', model: 'res.partner', method: 'create' });
    assert.equal(await count('Nobody'), 0);
    await assert.rejects(make('Nobody'), SyntaxError);
    odoo.sandbox.faults.clear();
    assert.equal((await make('Somebody')).status, 200);
  });

  it('cut before the work, so that nothing is done', async () => {
    odoo.sandbox.faults.add({ kind: 'cut', times: 1 });
    await assert.rejects(make('Lost'), TypeError);
    assert.equal(await count('Lost'), 0);
  });

  it('cut after the work, so that it is done and nobody knows', async () => {
    odoo.sandbox.faults.add({ kind: 'cut-after-commit', times: 1 });
    await assert.rejects(make('Done'), TypeError);
    assert.equal(await count('Done'), 1);
    odoo.sandbox.faults.add({ kind: 'bad-gateway-after-commit', method: 'create', times: 1 });
    await assert.rejects(make('Done'), SyntaxError);
    assert.equal(await count('Done'), 2);
  });

  it('hang until the caller gives up', async () => {
    odoo.sandbox.faults.add({ kind: 'hang', times: 1 });
    const signal = AbortSignal.timeout(100);
    await assert.rejects(fetch(`${odoo.sandbox.url}/jsonrpc`, { method: 'POST', body: '{}', signal }), { name: 'TimeoutError' });
  });

  it('are slow, and answer all the same', async () => {
    odoo.sandbox.faults.add({ kind: 'slow', milliseconds: 120, times: 1 });
    const start = performance.now();
    assert.equal(await count('Nobody'), 0);
    assert.ok(performance.now() - start >= 110);
  });

  it('answer with a page that is not Odoo', async () => {
    odoo.sandbox.faults.add({ kind: 'html', times: 1 });
    assert.match((await raw()).headers.get('content-type') ?? '', /text\/html/);
  });

  it('refuse a record by its values, and with it the whole call', async () => {
    odoo.sandbox.faults.add({ kind: 'refuse-record', model: 'res.partner', where: { ref: 'BAD' }, message: 'Not this one.' });
    const { status, body } = await odoo.json2('res.partner', 'create', {
      vals_list: [{ name: 'Good' }, { name: 'Bad', ref: 'BAD' }],
    });
    assert.deepEqual([status, (body as { message: string }).message], [422, 'Not this one.']);
    assert.equal(await count('Good'), 0);
    assert.equal((await make('Good')).status, 200);
  });

  it('match calls of the legacy protocols too', async () => {
    odoo.sandbox.faults.add({ kind: 'refuse', model: 'res.partner', method: 'search', times: 1 });
    await assert.rejects(odoo.rpc('res.partner', 'search', [[]]), SyntaxError);
    assert.ok(Array.isArray((await odoo.rpc('res.partner', 'search', [[]])).result));
  });

  it('are told, listed and cleared over HTTP', async () => {
    const told = await odoo.post('/sandbox/faults', JSON.stringify({ kind: 'refuse', times: 3 }));
    assert.deepEqual(await told.json(), [{ kind: 'refuse', times: 3 }]);
    await raw();
    const listed = await fetch(`${odoo.sandbox.url}/sandbox/faults`);
    assert.deepEqual(await listed.json(), [{ kind: 'refuse', times: 2 }]);
    await fetch(`${odoo.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
    assert.equal((await raw()).status, 200);
    assert.equal((await odoo.post('/sandbox/faults', '{"kind":"explode"}')).status, 400);
  });
});
