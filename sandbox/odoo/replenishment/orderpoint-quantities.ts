import { converted } from '../behaviour/units.ts';
import { unitField } from '../common.ts';
import type { Env } from '../env.ts';
import { addDays } from '../moments.ts';
import { toRounding } from '../values.ts';
import { availability, under } from './availability.ts';
import { horizonDays, leadDays } from './lead-days.ts';
import { ruleFor } from './rules.ts';

const ORDERPOINT = 'stock.warehouse.orderpoint';
const RFQ = ['draft', 'sent', 'to approve'];

/** The rule that would supply a reordering rule's product at its place. */
export function ruleOf(env: Env, id: number): number | undefined {
  return ruleFor(env, {
    product: env.number(ORDERPOINT, id, 'product_id'),
    location: env.number(ORDERPOINT, id, 'location_id'),
    warehouse: env.id(ORDERPOINT, id, 'warehouse_id'),
    route: env.id(ORDERPOINT, id, 'route_id'),
  });
}

export function leadOf(env: Env, id: number): number {
  return leadDays(env, ruleOf(env, id), env.number(ORDERPOINT, id, 'product_id'));
}

export function onHand(env: Env, id: number): number {
  return availability(env, env.number(ORDERPOINT, id, 'product_id'), { location: env.number(ORDERPOINT, id, 'location_id') })
    .qty_available;
}

/** What will be there at the end of the lead time (from 19 on, of the horizon), requests for quotation included. */
export function quantityForecast(env: Env, id: number): number {
  const until = `${addDays(env.today, leadOf(env, id) + horizonDays(env))} 23:59:59`;
  const product = env.number(ORDERPOINT, id, 'product_id');
  const location = env.number(ORDERPOINT, id, 'location_id');
  return availability(env, product, { location, to_date: until }).virtual_available + inProgress(env, id, product, location);
}

/** Ordered, but not yet expected stock: lines of requests for quotation, and drafts of manufacturing orders. */
function inProgress(env: Env, id: number, product: number, location: number): number {
  const places = under(env, [location]);
  const own = env.id('product.product', product, 'uom_id');
  let quantity = 0;
  for (const line of env.store.table('purchase.order.line').having('product_id', product)) {
    if (!RFQ.includes(env.text('purchase.order.line', line, 'state'))) continue;
    const orderpoint = env.id('purchase.order.line', line, 'orderpoint_id');
    const order = env.number('purchase.order.line', line, 'order_id');
    const type = env.id('purchase.order', order, 'picking_type_id');
    const destination = type === undefined ? undefined : env.id('stock.picking.type', type, 'default_location_dest_id');
    if (orderpoint === undefined ? destination === undefined || !places.has(destination) : orderpoint !== id) continue;
    quantity += converted(
      env,
      env.number('purchase.order.line', line, 'product_qty'),
      env.id('purchase.order.line', line, unitField(env)),
      own,
    );
  }
  for (const order of env.store.table('mrp.production').having('orderpoint_id', id))
    if (env.get('mrp.production', order, 'state') === 'draft') quantity += env.number('mrp.production', order, 'product_uom_qty');
  return quantity;
}

/** Up to the maximum where less than the minimum is forecast, in whole multiples. */
export function quantityToOrder(env: Env, id: number): number {
  const { product_min_qty: least, product_max_qty: most } = env.row(ORDERPOINT, id);
  const forecast = quantityForecast(env, id);
  if (forecast >= Number(least)) return 0;
  const lacking = Math.max(Number(least), Number(most)) - forecast;
  const multiple = multipleOf(env, id);
  return multiple > 0 ? toRounding(lacking, multiple, 'up') : Number(lacking.toFixed(6));
}

/** `qty_multiple` up to Odoo 18, a unit or packaging from 19 on, in the product's own unit. */
function multipleOf(env: Env, id: number): number {
  if (env.version === 14) return env.number(ORDERPOINT, id, 'qty_multiple');
  const unit = env.id(ORDERPOINT, id, 'replenishment_uom_id');
  return unit === undefined ? 0 : converted(env, 1, unit, env.id(ORDERPOINT, id, 'product_uom'));
}
