import { methodOf } from '../odoo/methods.ts';
import { addDays } from '../odoo/moments.ts';
import type { Seed } from './seed.ts';

/** Some business under way: sales, a purchase that is expected, bicycles being made, a reordering rule that a person made. */
export function seedOrders({ record, env, id, version }: Seed): void {
  const at = (days: number) => `${addDays(env.today, days)} 08:00:00`;
  record('sale_1', 'sale.order', { partner_id: '@customer_city', date_order: at(-3), commitment_date: at(5) });
  record('sale_1_line', 'sale.order.line', { order_id: '@sale_1', product_id: '@bike_city', product_uom_qty: 3 });
  record('sale_2', 'sale.order', { partner_id: '@customer_hills', date_order: at(-1), commitment_date: at(10) });
  record('sale_2_line', 'sale.order.line', { order_id: '@sale_2', product_id: '@bike_trek', product_uom_qty: 2 });
  record('purchase_1', 'purchase.order', {
    partner_id: '@vendor_rubber',
    date_order: at(-4),
    date_planned: at(3),
    picking_type_id: '@wh_in',
  });
  record('purchase_1_line', 'purchase.order.line', {
    order_id: '@purchase_1',
    product_id: '@tyre_28',
    product_qty: 50,
    price_unit: 11,
    date_planned: at(3),
  });
  record('production_1', 'mrp.production', {
    product_id: '@bike_city',
    product_qty: 5,
    picking_type_id: '@wh_mo',
    ...(version === 14 ? { date_planned_start: at(1) } : { date_start: at(1), date_finished: at(3) }),
    date_deadline: at(3),
  });
  for (const [model, method, name] of [
    ['sale.order', 'action_confirm', 'sale_1'],
    ['purchase.order', 'button_confirm', 'purchase_1'],
    ['mrp.production', 'action_confirm', 'production_1'],
  ] as const)
    methodOf(env, model, method).run(env, model, [id(name)], {});
  record('rule_chain', 'stock.warehouse.orderpoint', {
    product_id: '@chain',
    warehouse_id: '@wh_warehouse',
    location_id: '@wh_stock',
    product_min_qty: 10,
    product_max_qty: 40,
  });
}
