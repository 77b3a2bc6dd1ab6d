import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import type { TestServer, TestTarget } from './servers.ts';

const ADD_ON = 'planbridge_test_planning';

/**
 * Starts a server that has demand estimates and the master production schedule: the sandbox by its app, a real Odoo by the
 * add-on in `test/odoo-addons`, which stands in for both. Throws where a real Odoo does not find the add-on: a suite that skips
 * looks just as green as one that passed.
 */
export async function startWithPlanning(target: TestTarget): Promise<{ server: TestServer; odoo: OdooClient }> {
  const server = await target.start(['planning']);
  const { url, database, login, password, apiKey } = server;
  const open = () => openOdoo({ url, database, login, password, ...(apiKey ? { apiKey } : {}) });
  const odoo = open();
  if ((await odoo.profile()).hasModel('mrp.production.schedule')) return { server, odoo };
  const model = 'ir.module.module';
  const find = () => searchAll(odoo, { model, domain: [['name', '=', ADD_ON]], fields: ['state'] });
  if ((await find()).length === 0) await odoo.call({ model, method: 'update_list', args: {} });
  const [addOn] = await find();
  if (!addOn)
    throw new Error(`${target.name} has no add-on ${ADD_ON}. Run test/odoo-addons/install with its version, then test again.`);
  await odoo.call({ model, method: 'button_immediate_install', ids: [addOn.id], args: {} });
  await odoo.close();
  return { server, odoo: open() };
}
