import assert from 'node:assert/strict';
import type { Call } from '../../../lib/odoo/client.ts';
import { searchAll } from '../../../lib/odoo/pages.ts';
import { onEveryOdoo } from './on-every-odoo.ts';

onEveryOdoo("Odoo's refusals", (odoo) => {
  const refused = (call: Call, code: string, words: RegExp) =>
    assert.rejects(odoo.client.call(call), (error: Error & { code: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, words);
      assert.doesNotMatch(error.message, /Traceback/);
      return true;
    });

  it('calls a private method access', async () => {
    await refused({ model: 'res.partner', method: '_compute_display_name', ids: [1] }, 'access', /private/i);
  });

  it('calls an unknown model, method and record not-found', async () => {
    await refused({ model: 'no.such.model', method: 'search', args: { domain: [] } }, 'not-found', /no\.such\.model/);
    await refused({ model: 'res.partner', method: 'no_such_method', ids: [1] }, 'not-found', /no_such_method/);
    const missing = { model: 'res.partner', method: 'write', ids: [99_999_999], args: { vals: { name: 'X' } } };
    await refused(missing, 'not-found', /does not exist/);
  });

  it("calls a constraint's refusal validation, in Odoo's words", async () => {
    const call = { model: 'product.category', method: 'create', args: { vals_list: [{ name: false }] } };
    await refused(call, 'validation', /name/i);
  });

  it('calls a domain that Odoo cannot read validation', async () => {
    const search = { model: 'res.partner', method: 'search_read' };
    await refused({ ...search, args: { domain: [['no_such_field', '=', 1]], fields: ['name'] } }, 'validation', /no_such_field/);
    await refused({ ...search, args: { domain: ['|', ['name', '=', 'X']], fields: ['name'] } }, 'validation', /./);
  });

  it('refuses before sending what would arrive as something else', async () => {
    const create = { model: 'product.category', method: 'create' };
    await refused({ ...create, args: { vals_list: [{ name: 'a\0b' }] } }, 'validation', /vals_list\.0\.name .*NUL/);
    await refused({ ...create, args: { vals_list: [{ name: 'X', weight: Number('1e400') }] } }, 'validation', /Infinity/);
  });

  it('tells a RedirectWarning in the words meant for a person', async () => {
    const [reference] = odoo.server.name === 'sandbox' ? ['POSTER-26'] : ['FURN_0096'];
    const search = { model: 'product.product', domain: [['default_code', '=', reference]], fields: ['id'] };
    const [product] = await searchAll(odoo.client, search);
    const wanted = { product_id: product?.id, product_min_qty: 1e5, product_max_qty: 1e5 };
    const orderpoints = { model: 'stock.warehouse.orderpoint', domain: [['product_id', '=', product?.id]], fields: ['id'] };
    if ((await searchAll(odoo.client, orderpoints)).length === 0)
      await odoo.client.call({ model: 'stock.warehouse.orderpoint', method: 'create', args: { vals_list: [wanted] } });
    const ids = (await searchAll(odoo.client, orderpoints)).map(({ id }) => id);
    // Before 16 it is a plain UserError.
    const code = (await odoo.modern()) ? 'redirect' : 'validation';
    const call = { model: 'stock.warehouse.orderpoint', method: 'action_replenish', ids };
    await refused(call, code, /^No rule has been found to replenish "[^{}]*\.$/s);
    await odoo.client.call({ model: 'stock.warehouse.orderpoint', method: 'unlink', ids });
  });
});
