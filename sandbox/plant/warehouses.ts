import type { Seed } from './seed.ts';

const WAREHOUSES = [
  { code: 'WH', name: 'Portland' },
  { code: 'WH2', name: 'Denver' },
] as const;

/** Two warehouses with their places, operations, routes and rules. */
export function seedWarehouses(seed: Seed): void {
  const { record, version } = seed;
  const virtual = version === 14 ? { location_id: '@virtual' } : {};
  record('physical', 'stock.location', { name: 'Physical Locations', usage: 'view', company_id: false });
  record('partners', 'stock.location', { name: 'Partner Locations', usage: 'view', company_id: false });
  record('virtual', 'stock.location', { name: 'Virtual Locations', usage: 'view', company_id: false });
  const partners = version === 14 ? { location_id: '@partners' } : {};
  record('suppliers', 'stock.location', { name: 'Vendors', usage: 'supplier', company_id: false, ...partners });
  record('customers', 'stock.location', { name: 'Customers', usage: 'customer', company_id: false, ...partners });
  record('production', 'stock.location', { name: 'Production', usage: 'production', ...virtual });
  record('adjustment', 'stock.location', { name: 'Inventory adjustment', usage: 'inventory', ...virtual });

  const route = version === 14 ? 'stock.location.route' : 'stock.route';
  // From 19 on making and buying are routes of every warehouse; before, the product carries them.
  const general = version === 14 ? { product_selectable: true } : { product_selectable: false, warehouse_selectable: true };
  record('route_manufacture', route, { name: 'Manufacture', sequence: 5, ...general });
  record('route_buy', route, { name: 'Buy', sequence: version === 14 ? 5 : 10, ...general });
  for (const warehouse of WAREHOUSES) seedWarehouse(seed, warehouse, route);
}

function seedWarehouse({ record, env, id, version }: Seed, { code, name }: { code: string; name: string }, route: string): void {
  const at = (what: string) => `${code.toLowerCase()}_${what}`;
  const destination = version === 14 ? 'location_id' : 'location_dest_id';
  const own = { company_id: '@company' };
  record(at('view'), 'stock.location', { name: code, usage: 'view', location_id: version === 14 ? '@physical' : false, ...own });
  record(at('stock'), 'stock.location', { name: 'Stock', usage: 'internal', location_id: `@${at('view')}`, ...own });
  record(at('shelf'), 'stock.location', { name: 'Shelf 1', usage: 'internal', location_id: `@${at('stock')}`, ...own });
  record(at('warehouse'), 'stock.warehouse', {
    name,
    code,
    partner_id: '@company_partner',
    view_location_id: `@${at('view')}`,
    lot_stock_id: `@${at('stock')}`,
  });
  const operation = (what: string, kind: string, label: string, from: string, to: string) =>
    record(at(what), 'stock.picking.type', {
      name: label,
      code: kind,
      sequence_code: what.toUpperCase(),
      warehouse_id: `@${at('warehouse')}`,
      default_location_src_id: from,
      default_location_dest_id: to,
    });
  operation('in', 'incoming', 'Receipts', '@suppliers', `@${at('stock')}`);
  operation('out', 'outgoing', 'Delivery Orders', `@${at('stock')}`, '@customers');
  operation('int', 'internal', 'Internal Transfers', `@${at('stock')}`, `@${at('stock')}`);
  operation('mo', 'mrp_operation', 'Manufacturing', `@${at('stock')}`, `@${at('stock')}`);

  record(at('receipt'), route, { name: `${name}: Receive in 1 step (stock)`, sequence: 50, product_selectable: false, ...own });
  record(at('delivery'), route, { name: `${name}: Deliver in 1 step (ship)`, sequence: 60, product_selectable: false, ...own });
  const rule = (what: string, label: string, action: string, on: string, from: string | false, to: string, by: string) =>
    record(at(what), 'stock.rule', {
      name: `${code}: ${label}`,
      action,
      route_id: on,
      location_src_id: from,
      [destination]: to,
      picking_type_id: by,
      warehouse_id: `@${at('warehouse')}`,
    });
  rule('rule_deliver', 'Stock → Customers', 'pull', `@${at('delivery')}`, `@${at('stock')}`, '@customers', `@${at('out')}`);
  rule('rule_make', 'Stock (Production)', 'manufacture', '@route_manufacture', false, `@${at('stock')}`, `@${at('mo')}`);
  rule('rule_buy', 'Stock (Buy)', 'buy', '@route_buy', false, `@${at('stock')}`, `@${at('in')}`);

  const routes = [...(version === 14 ? [] : ['route_manufacture', 'route_buy']), at('receipt'), at('delivery')].map(id);
  const warehouse = id(at('warehouse'));
  env.store.put('stock.warehouse', {
    ...env.row('stock.warehouse', warehouse),
    route_ids: routes,
    in_type_id: id(at('in')),
    out_type_id: id(at('out')),
    int_type_id: id(at('int')),
    manu_type_id: id(at('mo')),
    reception_route_id: id(at('receipt')),
    delivery_route_id: id(at('delivery')),
    buy_pull_id: id(at('rule_buy')),
    manufacture_pull_id: id(at('rule_make')),
  });
}
