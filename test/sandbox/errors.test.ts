import assert from 'node:assert/strict';
import { type Called, calledSandbox, productOf } from './calling.ts';

/** What Odoo 19 answers, taken from a real server. */
const REFUSALS: readonly (readonly [string, string, string, Record<string, unknown>, number, string, RegExp])[] = [
  [
    'an unknown model',
    'no.such',
    'search',
    { domain: [] },
    404,
    'werkzeug.exceptions.NotFound',
    /^the model 'no\.such' does not exist$/,
  ],
  [
    'an unknown method',
    'res.partner',
    'fly',
    {},
    404,
    'werkzeug.exceptions.NotFound',
    /^The method 'res\.partner\.fly' does not exist$/,
  ],
  [
    'a private method',
    'res.partner',
    '_search',
    {},
    403,
    'odoo.exceptions.AccessError',
    /^Private methods \(such as 'res\.partner\._search'\)/,
  ],
  [
    'a field that is not there',
    'res.partner',
    'read',
    { ids: [1], fields: ['nope'] },
    500,
    'builtins.ValueError',
    /^Invalid field 'nope' on 'res\.partner'$/,
  ],
  [
    'an unknown field of a domain',
    'res.partner',
    'search',
    { domain: [['nope', '=', 1]] },
    500,
    'builtins.ValueError',
    /^Invalid field res\.partner\.nope in condition \('nope', '=', 1\)$/,
  ],
  [
    'a domain that lacks a part',
    'res.partner',
    'search',
    { domain: ['|', ['name', '=', 'x']] },
    500,
    'builtins.ValueError',
    /^Domain\(\) malformed domain \['\|', \['name', '=', 'x'\]\]$/,
  ],
  [
    'a domain as text',
    'res.partner',
    'search',
    { domain: "[('a" },
    500,
    'builtins.TypeError',
    /^Domain\(\) invalid argument type/,
  ],
  [
    'an order that is none',
    'res.partner',
    'search',
    { domain: [], order: 'name upwards' },
    422,
    'odoo.exceptions.UserError',
    /^Invalid "order" specified/,
  ],
  [
    'an unknown field of values',
    'res.partner',
    'create',
    { vals_list: [{ nope: 1 }] },
    500,
    'builtins.ValueError',
    /^Invalid field 'nope' in 'res\.partner'$/,
  ],
  [
    'a record that is not there',
    'res.partner',
    'write',
    { ids: [99999], vals: {} },
    404,
    'odoo.exceptions.MissingError',
    /^Record does not exist or has been deleted\.\n\(Record: res\.partner\(99999,\), User: 2\)$/,
  ],
  [
    'a field that must be set',
    'uom.uom',
    'create',
    { vals_list: [{}] },
    422,
    'odoo.exceptions.ValidationError',
    /Missing required value for the field 'Unit Name' \(name\)/,
  ],
  [
    'a choice that is none',
    'mrp.bom',
    'create',
    { vals_list: [{ product_tmpl_id: 1, type: 'zz' }] },
    500,
    'builtins.ValueError',
    /^Wrong value for mrp\.bom\.type: 'zz'$/,
  ],
  [
    'a product that is not there',
    'stock.warehouse.orderpoint',
    'create',
    { vals_list: [{ product_id: 99999 }] },
    422,
    'odoo.exceptions.ValidationError',
    /'Minimum Inventory Rule'/,
  ],
  [
    'an argument too few',
    'res.partner',
    'write',
    { ids: [1] },
    422,
    'werkzeug.exceptions.UnprocessableEntity',
    /^missing a required argument: 'vals'$/,
  ],
  [
    'ids for a method of the model',
    'res.partner',
    'search',
    { ids: [1], domain: [] },
    422,
    'werkzeug.exceptions.UnprocessableEntity',
    /with ids$/,
  ],
];

describe("the stand-in's refusals", () => {
  let odoo: Called;
  before(async () => {
    odoo = await calledSandbox();
  });
  after(() => odoo.sandbox.close());

  for (const [what, model, method, args, status, name, message] of REFUSALS)
    it(`are Odoo's for ${what}`, async () => {
      const answer = await odoo.json2(model, method, args);
      const body = answer.body as { name: string; message: string; arguments: unknown[] };
      assert.equal(answer.status, status, body.message);
      assert.equal(body.name, name);
      assert.match(body.message, message);
      assert.equal(body.arguments[0], body.message);
    });

  it('come with status 200 and the exception by JSON-RPC', async () => {
    const { error } = await odoo.rpc('no.such', 'search', [[]]);
    assert.equal(error?.code, 0);
    assert.equal(error.data.name, 'odoo.exceptions.UserError');
    assert.equal(error.data.message, "Object no.such doesn't exist");
  });

  it('come as fault codes by XML-RPC, an unexpected one with its traceback', async () => {
    const fault = async (model: string, method: string, argument: string) => {
      const params = ['bicycle', 2, 'admin', model, method].map(
        (one) => `<param><value>${typeof one === 'number' ? `<int>${one}</int>` : `<string>${one}</string>`}</value></param>`,
      );
      const body = `<?xml version="1.0"?><methodCall><methodName>execute_kw</methodName><params>${params.join('')}<param><value>${argument}</value></param></params></methodCall>`;
      return (await odoo.post('/xmlrpc/2/object', body, { 'content-type': 'text/xml' })).text();
    };
    const one = (value: string) => `<array><data><value>${value}</value></data></array>`;
    assert.match(await fault('no.such', 'search', one(one(''))), /<int>2<\/int>[\s\S]*Object no\.such doesn/);
    assert.match(await fault('res.partner', '_search', one(one(''))), /<int>4<\/int>[\s\S]*Private methods/);
    assert.match(
      await fault('res.partner', 'search', one('<string>x</string>')),
      /<int>1<\/int>[\s\S]*Traceback[\s\S]*TypeError: Domain\(\)/,
    );
  });

  it('turn away a wrong key, password and database', async () => {
    const key = await odoo.post('/json/2/res.users/context_get', '{}', { authorization: 'bearer wrong' });
    assert.equal(key.status, 401);
    const elsewhere = await odoo.post('/json/2/res.users/context_get', '{}', {
      authorization: 'bearer sandbox-key',
      'x-odoo-database': 'no',
    });
    assert.equal(elsewhere.status, 404);
    assert.match(await elsewhere.text(), /No database is selected/);
    const login = (database: string, password: string) =>
      odoo.post(
        '/jsonrpc',
        JSON.stringify({ id: 1, params: { service: 'common', method: 'authenticate', args: [database, 'admin', password, {}] } }),
      );
    assert.equal(((await (await login('bicycle', 'wrong')).json()) as { result: unknown }).result, false);
    assert.match(await (await login('no', 'admin')).text(), /database \\"no\\" does not exist/);
  });

  it('undo all of a call that one record makes fail', async () => {
    const product = await productOf(odoo, 'LAMP');
    const before = await odoo.call<number>('stock.warehouse.orderpoint', 'search_count', { domain: [] });
    const { status } = await odoo.json2('stock.warehouse.orderpoint', 'create', {
      vals_list: [{ product_id: product }, { product_id: product }],
    });
    assert.equal(status, 422);
    assert.equal(await odoo.call('stock.warehouse.orderpoint', 'search_count', { domain: [] }), before);
  });
});
