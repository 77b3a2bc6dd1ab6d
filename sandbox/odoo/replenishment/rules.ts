import type { Env } from '../env.ts';
import { bomOf } from './bills-of-materials.ts';

const RULE = 'stock.rule';

/** The model of routes, which 16 renamed. */
export const routeModel = (env: Env) => (env.version === 14 ? 'stock.location.route' : 'stock.route');

/** Where a rule brings goods to; the field was `location_id` up to Odoo 15. */
const destination = (env: Env) => (env.version === 14 ? 'location_id' : 'location_dest_id');

export type Need = {
  readonly product: number;
  readonly location: number;
  readonly warehouse?: number | undefined;
  readonly route?: number | undefined;
};

/**
 * The rule that supplies a product at a place: of the route that is asked for, else of the product's and its category's,
 * else of the warehouse's; at the place itself or at one above it.
 */
export function ruleFor(env: Env, { product, location, warehouse, route }: Need): number | undefined {
  const category = env.id('product.product', product, 'categ_id');
  const own = [
    ...env.ids('product.product', product, 'route_ids'),
    ...(category === undefined ? [] : env.ids('product.category', category, 'route_ids')),
  ];
  const ofWarehouse =
    warehouse === undefined ? [] : env.ids('stock.warehouse', warehouse, 'route_ids').filter((one) => fits(env, one, product));
  for (let at: number | undefined = location; at !== undefined; at = env.id('stock.location', at, 'location_id'))
    for (const routes of [route === undefined ? [] : [route], own, ofWarehouse]) {
      const rule = firstRule(env, routes, at, warehouse);
      if (rule !== undefined) return rule;
    }
  return undefined;
}

function firstRule(env: Env, routes: readonly number[], location: number, warehouse: number | undefined): number | undefined {
  if (routes.length === 0) return undefined;
  const rules = env.search(RULE, [
    [destination(env), '=', location],
    ['action', '!=', 'push'],
    ['route_id', 'in', routes],
    ['warehouse_id', 'in', [warehouse ?? false, false]],
  ]);
  const order = (rule: number) => env.number(routeModel(env), env.number(RULE, rule, 'route_id'), 'sequence');
  return rules.sort((one, other) => order(one) - order(other))[0];
}

/** A warehouse's own routes apply from 19 on only where they lead somewhere: to a bill of materials, or to a vendor. */
function fits(env: Env, route: number, product: number): boolean {
  const actions = env.search(RULE, [['route_id', '=', route]]).map((rule) => env.get(RULE, rule, 'action'));
  if (actions.includes('manufacture')) return bomOf(env, product, 'normal') !== undefined;
  if (actions.includes('buy')) return env.ids('product.product', product, 'seller_ids').length > 0;
  return true;
}
