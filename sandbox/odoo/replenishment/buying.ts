import { converted } from '../behaviour/units.ts';
import { COMPANY, unitField } from '../common.ts';
import type { Env } from '../env.ts';
import { addDays } from '../moments.ts';
import { createRecord, writeRecords } from '../write.ts';
import { buyingDays } from './lead-days.ts';
import type { Procurement } from './procurement.ts';
import { partnerOf, sellerOf } from './vendors.ts';

const ORDER = 'purchase.order';
const LINE = 'purchase.order.line';

/** Adds a need to the vendor's draft purchase order, or makes one. Answers what stands in the way, if anything does. */
export function buy(env: Env, rule: number, need: Procurement): string | undefined {
  const seller = need.vendor ?? sellerOf(env, need.product, need.quantity);
  if (seller === undefined)
    return `There is no matching vendor price to generate the purchase order for product ${env.displayName('product.product', need.product)} (no vendor defined, minimum quantity not reached, dates not valid, ...). Go on the product form and complete the list of vendors.`;
  const partner = partnerOf(env, seller);
  const type = env.id('stock.rule', rule, 'picking_type_id');
  const order = draftOrder(env, partner, type, need) ?? newOrder(env, partner, type, need);
  const own = env.id('product.product', need.product, 'uom_id');
  const unit =
    env.version === 14
      ? (env.id('product.product', need.product, 'uom_po_id') ?? own)
      : (env.id('product.supplierinfo', seller, unitField(env)) ?? own);
  const quantity = converted(env, need.quantity, own, unit);
  const [line] = env.search(LINE, [
    ['order_id', '=', order],
    ['product_id', '=', need.product],
    ['orderpoint_id', '=', need.orderpoint],
  ]);
  if (line !== undefined) writeRecords(env, LINE, [line], { product_qty: env.number(LINE, line, 'product_qty') + quantity });
  else
    createRecord(env, LINE, {
      order_id: order,
      product_id: need.product,
      name: env.displayName('product.product', need.product),
      product_qty: quantity,
      [unitField(env)]: unit ?? false,
      price_unit: env.number('product.supplierinfo', seller, 'price'),
      date_planned: `${need.deadline} 12:00:00`,
      orderpoint_id: need.orderpoint,
    });
  return undefined;
}

function draftOrder(env: Env, partner: number, type: number | undefined, need: Procurement): number | undefined {
  const [order] = env.search(ORDER, [
    ['partner_id', '=', partner],
    ['state', '=', 'draft'],
    ['picking_type_id', '=', type ?? false],
    ['company_id', '=', COMPANY],
    ['user_id', '=', false],
  ]);
  if (order === undefined) return undefined;
  const origins = env.text(ORDER, order, 'origin').split(', ').filter(Boolean);
  if (!origins.includes(need.origin)) writeRecords(env, ORDER, [order], { origin: [...origins, need.origin].join(', ') });
  return order;
}

function newOrder(env: Env, partner: number, type: number | undefined, need: Procurement): number {
  return createRecord(env, ORDER, {
    partner_id: partner,
    picking_type_id: type ?? false,
    origin: need.origin,
    company_id: COMPANY,
    user_id: false,
    date_order: `${addDays(need.deadline, -buyingDays(env, need.product))} 12:00:00`,
    date_planned: `${need.deadline} 12:00:00`,
  });
}
