import { confirmed } from '../delivery/do-write-job.ts';
import type { Hold } from '../delivery/worker.ts';
import type { OdooClient } from '../odoo/client.ts';
import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import type { Settlement } from '../store/settlement.ts';
import { ordersOfRules } from './orders.ts';
import { undo } from './undo.ts';

/**
 * Does what a node does in Odoo itself for a released version: `trace` finds the orders that came of its release,
 * `roll-back` takes the release back, unless it is not the released version any more. Both may be done again after they
 * broke off. Throws OdooError, and StoreError `out-of-turn` where a roll-back has to wait.
 */
export async function doOdooJob(
  { versions }: Store,
  client: OdooClient,
  job: ClaimedJob,
  { confirm }: Hold,
): Promise<Settlement> {
  const { version, who = '', comment = '' } = job.payload as { version: string; who?: string; comment?: string };
  if (job.kind === 'trace') {
    const orders = await ordersOfRules(client, await versions.releasedRecords(version));
    await versions.keepOrders(job.lease, version, orders);
    return { result: { orders: orders.length } };
  }
  if (!(await versions.stillToBeTakenBack(job.lease, version, { who, comment }))) return { result: { undone: 0, left: 0 } };
  const [records, orders] = [await versions.releasedRecords(version), await versions.releasedOrders(version)];
  const models = new Set(orders.map(({ model }) => model));
  const known = new Set<string>();
  for (const model of models) {
    const ids = orders.flatMap((order) => (order.model === model ? [order.record] : []));
    for (const { record } of await versions.ordersKnown(version, model, ids)) known.add(`${model}/${record}`);
  }
  const undone = await undo(confirmed(client, confirm), records, orders, known);
  await versions.takenBack(job.lease, version, undone, { who, comment });
  return { result: { undone: undone.length, left: undone.filter(({ left }) => left).length } };
}
