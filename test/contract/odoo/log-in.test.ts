import assert from 'node:assert/strict';
import { openOdoo } from '../../../lib/odoo/client.ts';
import type { ConnectionInput } from '../../../lib/odoo/connection.ts';
import { count } from '../../../lib/odoo/pages.ts';
import { onEveryOdoo } from './on-every-odoo.ts';

onEveryOdoo('logging in', (odoo) => {
  const refused = async (change: Partial<ConnectionInput>, code: string, words: RegExp) => {
    const client = openOdoo(odoo.settings(change));
    await assert.rejects(client.protocol(), (error: Error & { code: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, words);
      return true;
    });
    await client.close();
  };

  it('knows who it is and what is installed', async () => {
    const profile = await odoo.client.profile();
    assert.ok(profile.hasModel('stock.warehouse.orderpoint'));
    assert.ok(!profile.hasModel('no.such.model'));
    assert.ok(profile.version.major >= 14, profile.version.text);
    assert.equal((await profile.fields('res.partner')).parent_id?.relation, 'res.partner');
    assert.equal(await profile.hasField('res.partner', 'no_such_field'), false);
    await assert.rejects(profile.fields('no.such.model'), { code: 'not-found' });
  });

  it('says that credentials are wrong', async () => {
    await refused({ password: 'wrong', apiKey: odoo.server.apiKey ? 'wrong' : undefined }, 'access', /credentials|API key/);
  });

  it('says that there is no such database', async () => {
    await refused({ database: 'plant_nowhere' }, 'access', /database/);
  });

  it('picks the best protocol that the server has', async () => {
    const client = openOdoo(odoo.settings({ protocol: 'auto' }));
    assert.equal(await client.protocol(), odoo.server.apiKey ? 'json2' : 'jsonrpc');
    await client.close();
  });

  it('takes the address as it is copied from a browser', async () => {
    const client = openOdoo(odoo.settings({ url: `${odoo.server.url}/web` }));
    assert.ok((await count(client, { model: 'res.users' })) > 0);
    await client.close();
  });
});
