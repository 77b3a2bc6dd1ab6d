import type { OdooClient } from '../odoo/client.ts';
import { type OdooRecord, searchAll } from '../odoo/pages.ts';
import type { ReleasedOrder, ReleasedRecord } from '../store/versions/written.ts';

const RULES = 'stock.warehouse.orderpoint';

/** An order as it is compared later: if any of this changed, somebody touched it. */
type Snapshot = { readonly state: unknown; readonly by: unknown; readonly quantities: readonly unknown[] };

const idOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

/**
 * The open orders that Odoo made of reordering rules: manufacturing orders, and purchase orders by their lines. Each with
 * its snapshot: its state, who wrote it last, and what is ordered for whom.
 */
export async function ordersOfRules(client: OdooClient, records: readonly ReleasedRecord[]): Promise<ReleasedOrder[]> {
  const rules = new Map(records.filter(({ model }) => model === RULES).map((record) => [record.record, record]));
  if (rules.size === 0) return [];
  const profile = await client.profile();
  const ids = [...rules.keys()];
  const placeOf = (rule: unknown) => {
    const { product = null, location = null } = rules.get(Number(idOf(rule))) ?? {};
    return { product, location };
  };
  const orders: ReleasedOrder[] = [];
  if (profile.hasModel('mrp.production') && (await profile.hasField('mrp.production', 'orderpoint_id'))) {
    const domain = [
      ['orderpoint_id', 'in', ids],
      ['state', '!=', 'cancel'],
    ];
    const fields = ['name', 'state', 'product_qty', 'write_uid', 'orderpoint_id'];
    for (const order of await searchAll(client, { model: 'mrp.production', domain, fields }))
      orders.push({
        model: 'mrp.production',
        record: order.id,
        name: String(order.name),
        ...placeOf(order.orderpoint_id),
        snapshot: manufacturing(order),
      });
  }
  if (profile.hasModel('purchase.order.line') && (await profile.hasField('purchase.order.line', 'orderpoint_id'))) {
    const domain = [
      ['orderpoint_id', 'in', ids],
      ['order_id.state', '!=', 'cancel'],
    ];
    const lines = await searchAll(client, { model: 'purchase.order.line', domain, fields: ['order_id', 'orderpoint_id'] });
    const rulesOf = Map.groupBy(lines, ({ order_id }) => Number(idOf(order_id)));
    const snapshots = await purchases(client, [...rulesOf.keys()]);
    for (const [record, { name, snapshot }] of snapshots)
      orders.push({
        model: 'purchase.order',
        record,
        name,
        ...placeOf(rulesOf.get(record)?.[0]?.orderpoint_id),
        snapshot,
      });
  }
  return orders;
}

/** How orders look now, by model and id; those that are gone are missing. */
export async function ordersNow(
  client: OdooClient,
  orders: readonly Pick<ReleasedOrder, 'model' | 'record'>[],
): Promise<ReadonlyMap<string, Snapshot>> {
  const now = new Map<string, Snapshot>();
  const idsOf = (wanted: string) => orders.flatMap(({ model, record }) => (model === wanted ? [record] : []));
  const made = idsOf('mrp.production');
  if (made.length > 0) {
    const fields = ['state', 'product_qty', 'write_uid'];
    const domain = [['id', 'in', made]];
    for (const order of await searchAll(client, { model: 'mrp.production', domain, fields }))
      now.set(`mrp.production/${order.id}`, manufacturing(order));
  }
  const bought = idsOf('purchase.order');
  if (bought.length > 0)
    for (const [id, { snapshot }] of await purchases(client, bought)) now.set(`purchase.order/${id}`, snapshot);
  return now;
}

function manufacturing(order: OdooRecord): Snapshot {
  return { state: order.state, by: idOf(order.write_uid), quantities: [order.product_qty] };
}

async function purchases(client: OdooClient, ids: readonly number[]) {
  const found = new Map<number, { name: string; snapshot: Snapshot }>();
  const lines = await searchAll(client, {
    model: 'purchase.order.line',
    domain: [['order_id', 'in', ids]],
    fields: ['order_id', 'product_id', 'product_qty', 'orderpoint_id'],
  });
  const linesOf = Map.groupBy(lines, ({ order_id }) => Number(idOf(order_id)));
  const orders = await searchAll(client, {
    model: 'purchase.order',
    domain: [['id', 'in', ids]],
    fields: ['name', 'state', 'write_uid'],
  });
  for (const order of orders) {
    const quantities = (linesOf.get(order.id) ?? []).map((line) => [
      idOf(line.product_id),
      line.product_qty,
      idOf(line.orderpoint_id) || false,
    ]);
    found.set(order.id, {
      name: String(order.name),
      snapshot: { state: order.state, by: idOf(order.write_uid), quantities },
    });
  }
  return found;
}
