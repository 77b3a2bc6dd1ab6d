import { COMPANY } from '../common.ts';
import type { Env } from '../env.ts';
import { bomOf } from './bills-of-materials.ts';
import { sellerOf } from './vendors.ts';

/** The days that a rule needs for a product, as Odoo adds them up. */
export function leadDays(env: Env, rule: number | undefined, product: number): number {
  if (rule === undefined) return 0;
  const action = env.get('stock.rule', rule, 'action');
  const own = env.number('stock.rule', rule, 'delay');
  if (action === 'manufacture') return own + manufacturingDays(env, product);
  if (action === 'buy') return own + buyingDays(env, product);
  return own;
}

/** On the product up to Odoo 16, with the company's margin; on the bill of materials from 17 on. */
export function manufacturingDays(env: Env, product: number): number {
  if (env.version === 14) return env.number('product.product', product, 'produce_delay') + company(env, 'manufacturing_lead');
  const bom = bomOf(env, product, 'normal');
  return bom === undefined ? 0 : env.number('mrp.bom', bom, 'produce_delay') + env.number('mrp.bom', bom, 'days_to_prepare_mo');
}

export function buyingDays(env: Env, product: number): number {
  const seller = sellerOf(env, product);
  const delay = seller === undefined ? 0 : env.number('product.supplierinfo', seller, 'delay');
  return delay + company(env, 'days_to_purchase') + (env.version === 14 ? company(env, 'po_lead') : 0);
}

/** How far beyond the lead time replenishing looks; a setting of the company from Odoo 19 on. */
export function horizonDays(env: Env): number {
  if (env.version === 14) return 0;
  const given = env.context.global_horizon_days;
  return given === undefined ? company(env, 'horizon_days') : Number(given);
}

function company(env: Env, field: string): number {
  return env.field('res.company', field) ? env.number('res.company', COMPANY, field) : 0;
}
