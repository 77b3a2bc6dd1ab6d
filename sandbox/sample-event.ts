import { v7 as uuid } from 'uuid';
import type { PlantEvent } from '../lib/canonical/event.ts';
import { openOdoo } from '../lib/odoo/client.ts';
import { searchAll } from '../lib/odoo/pages.ts';
import type { Sandbox } from './odoo/server.ts';

const LINE = 'acme/WH/assembly/line-1';

/** The name of a manufacturing order of the plant that is still to be made; undefined when there is none. */
export async function openOrder({ url, database, login, password }: Sandbox): Promise<string | undefined> {
  const odoo = openOdoo({ url, database, login, password });
  try {
    const domain = [['state', '=', 'confirmed']];
    const [order] = await searchAll(odoo, { model: 'mrp.production', domain, fields: ['name'], limit: 1 });
    return order && String(order.name);
  } finally {
    await odoo.close();
  }
}

/** The command that sends a broker the event of an order being two hours late; its id is new each time. */
export function delayCommand(broker: string, order: string): string {
  const { hostname, port } = new URL(broker);
  const event: PlantEvent = {
    specversion: '1.0',
    id: uuid(),
    source: `/${LINE}`,
    type: 'planbridge.production-delay',
    time: new Date().toISOString(),
    subject: order,
    data: { order, delayMinutes: 120, cause: 'press down' },
  };
  return `npx mqtt pub -h ${hostname} -p ${port} -q 1 -t ${LINE}/production-delay -m '${JSON.stringify(event)}'`;
}
