import { converted } from '../behaviour/units.ts';
import { COMPANY } from '../common.ts';
import type { Env } from '../env.ts';
import { addDays } from '../moments.ts';
import { createRecord, writeRecords } from '../write.ts';
import { bomOf, components } from './bills-of-materials.ts';
import { manufacturingDays } from './lead-days.ts';
import type { Procurement } from './procurement.ts';

const ORDER = 'mrp.production';

/** Makes a confirmed manufacturing order for a need. Answers what stands in the way, if anything does. */
export function manufacture(env: Env, rule: number, need: Procurement): string | undefined {
  const bom = need.bom ?? bomOf(env, need.product, 'normal');
  if (bom === undefined && env.version === 14)
    return `There is no Bill of Material of type manufacture or kit found for the product ${env.displayName('product.product', need.product)}. Please define a Bill of Material for this product.`;
  const unit =
    bom === undefined ? env.number('product.product', need.product, 'uom_id') : env.number('mrp.bom', bom, 'product_uom_id');
  const quantity = converted(env, need.quantity, env.id('product.product', need.product, 'uom_id'), unit);
  const open = env.version === 19 ? openOrder(env, need, bom) : undefined;
  if (open !== undefined) {
    const total = env.number(ORDER, open, 'product_qty') + quantity;
    writeRecords(env, ORDER, [open], { product_qty: total });
    return undefined;
  }
  const start = `${addDays(need.deadline, -manufacturingDays(env, need.product))} 00:00:00`;
  const deadline = `${need.deadline} 00:00:00`;
  const order = createRecord(env, ORDER, {
    origin: need.origin,
    product_id: need.product,
    product_qty: quantity,
    product_uom_id: unit,
    bom_id: bom ?? false,
    picking_type_id: env.id('stock.rule', rule, 'picking_type_id') ?? false,
    location_src_id: need.location,
    location_dest_id: need.location,
    orderpoint_id: need.orderpoint,
    company_id: COMPANY,
    date_deadline: deadline,
    ...(env.version === 14
      ? { date_planned_start: start, date_planned_finished: deadline }
      : { date_start: start, date_finished: deadline }),
  });
  confirm(env, [order]);
  return undefined;
}

/** From 17 on a further need of the same reordering rule goes into its order that is not begun. */
function openOrder(env: Env, need: Procurement, bom: number | undefined): number | undefined {
  const [order] = env.search(ORDER, [
    ['orderpoint_id', '=', need.orderpoint],
    ['product_id', '=', need.product],
    ['bom_id', '=', bom ?? false],
    ['state', 'in', ['draft', 'confirmed']],
  ]);
  return order;
}

/** Confirms orders that are not confirmed yet: what they take and what they give becomes expected moves. */
export function confirm(env: Env, orders: readonly number[]): void {
  for (const order of orders) {
    if (env.get(ORDER, order, 'state') !== 'draft') continue;
    writeRecords(env, ORDER, [order], {
      state: 'confirmed',
      ...(env.field(ORDER, 'reservation_state') ? { reservation_state: 'confirmed' } : {}),
    });
    for (const move of [...env.ids(ORDER, order, 'move_raw_ids'), ...env.ids(ORDER, order, 'move_finished_ids')])
      writeRecords(env, 'stock.move', [move], { state: 'confirmed' });
  }
}

/** Makes the moves of an order anew, as its product, quantity and bill of materials say. */
export function planMoves(env: Env, order: number): void {
  const state = env.get(ORDER, order, 'state') === 'draft' ? 'draft' : 'confirmed';
  const name = env.text(ORDER, order, 'name');
  const quantity = env.number(ORDER, order, 'product_qty');
  const product = env.number(ORDER, order, 'product_id');
  const unit = env.number(ORDER, order, 'product_uom_id');
  const bom = env.id(ORDER, order, 'bom_id');
  const [production] = env.search('stock.location', [['usage', '=', 'production']]);
  const start = env.get(ORDER, order, env.version === 14 ? 'date_planned_start' : 'date_start') ?? env.now.slice(0, 19);
  const common = { origin: name, company_id: COMPANY, state, ...(env.version === 14 ? { name } : {}) };
  const move = (values: Record<string, unknown>) => createRecord(env, 'stock.move', { ...common, ...values });
  const from = env.id(ORDER, order, 'location_src_id');
  const to = env.id(ORDER, order, 'location_dest_id');
  if (bom !== undefined)
    for (const part of components(env, bom, converted(env, quantity, unit, env.number('mrp.bom', bom, 'product_uom_id'))))
      move({
        product_id: part.product,
        product_uom_qty: part.quantity,
        product_uom: part.unit,
        bom_line_id: part.line,
        location_id: from,
        location_dest_id: production,
        raw_material_production_id: order,
        date: start,
      });
  move({
    product_id: product,
    product_uom_qty: quantity,
    product_uom: unit,
    location_id: production,
    location_dest_id: to,
    production_id: order,
    date: env.get(ORDER, order, 'date_deadline') ?? start,
  });
}
