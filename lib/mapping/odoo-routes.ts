import type { RouteWanted } from './lookups.ts';
import { type LookupClient, searchRead } from './odoo-lookups.ts';

/**
 * The route that a reordering rule must carry so that replenishing finds a way, by warehouse and way of supply.
 *
 * Replenishing takes the route of the reordering rule, else the product's, else those of the warehouse (`route_ids`). Up to
 * 18 the routes Manufacture and Buy are not among the warehouse's, so that a product without one raises; from 19 they are,
 * and a route on the rule would only freeze what the warehouse says. So: the route where the warehouse does not carry it.
 */
export async function odooRoutes(
  client: LookupClient,
  wanted: readonly RouteWanted[],
  known: Map<string, { readonly value: unknown; readonly until: number }>,
  ttlSeconds: number,
): Promise<(number | undefined)[]> {
  const now = Date.now();
  const keyOf = ({ supply, warehouse }: RouteWanted) => JSON.stringify([supply, warehouse]);
  const missing = wanted.filter((pair) => !((known.get(keyOf(pair))?.until ?? 0) > now));
  if (missing.length > 0) {
    const found = await read(client, missing);
    for (const [index, pair] of missing.entries())
      known.set(keyOf(pair), { value: found[index], until: now + ttlSeconds * 1_000 });
  }
  return wanted.map((pair) => known.get(keyOf(pair))?.value as number | undefined);
}

async function read(client: LookupClient, wanted: readonly RouteWanted[]): Promise<(number | undefined)[]> {
  const profile = await client.profile();
  if (!profile.hasModel('stock.rule')) return wanted.map(() => undefined);
  const order = ['route_sequence', 'sequence'].filter(has(await profile.fields('stock.rule')));
  const carries = ['route_ids'].filter(has(await profile.fields('stock.warehouse')));
  const codes = [...new Set(wanted.map(({ warehouse }) => warehouse))];
  const warehouses = await searchRead(client, 'stock.warehouse', [['code', 'in', codes]], ['code', ...carries]);
  const conditions = [
    ['action', 'in', [...new Set(wanted.map(({ supply }) => supply))]],
    ['warehouse_id', 'in', warehouses.map(({ id }) => id)],
  ];
  const rules = await searchRead(client, 'stock.rule', conditions, ['action', 'warehouse_id', 'route_id', ...order]);
  rules.sort((one, other) => order.reduce((sign, field) => sign || Number(one[field]) - Number(other[field]), 0));
  return wanted.map(({ supply, warehouse: code }) => {
    const [warehouse, ...others] = warehouses.filter((row) => row.code === code);
    if (!warehouse || others.length > 0) return undefined;
    const rule = rules.find((row) => row.action === supply && many2one(row.warehouse_id) === warehouse.id);
    const route = many2one(rule?.route_id);
    const carried = Array.isArray(warehouse.route_ids) && warehouse.route_ids.includes(route);
    return carried ? undefined : route;
  });
}

const has = (fields: Readonly<Record<string, unknown>>) => (field: string) => Object.hasOwn(fields, field);

function many2one(value: unknown): number | undefined {
  const id = Array.isArray(value) ? value[0] : value;
  return typeof id === 'number' ? id : undefined;
}
