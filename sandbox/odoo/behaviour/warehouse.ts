import type { Behaviour, Compute } from '../behaviour.ts';
import { COMPANY, pathIds, pathName } from '../common.ts';
import type { Env } from '../env.ts';

const LOCATION = 'stock.location';

/** The other side of `route_ids`: the records that carry a route. */
const carriers =
  (model: string): Compute =>
  (env, id) =>
    env.matching(model, [['route_ids', 'in', [id]]]);

const route: Behaviour = {
  computes: {
    warehouse_ids: carriers('stock.warehouse'),
    product_ids: carriers('product.template'),
    categ_ids: carriers('product.category'),
  },
};

export const warehouseBehaviours: Readonly<Record<string, Behaviour>> = {
  'stock.warehouse': { defaults: { company_id: () => COMPANY } },
  [LOCATION]: {
    defaults: { company_id: () => COMPANY },
    computes: {
      complete_name: (env, id) => (env.version === 19 ? shortPath(env, id) : pathName(env, LOCATION, id, 'location_id', '/')),
      parent_path: (env, id) => pathIds(env, LOCATION, id, 'location_id'),
      warehouse_id: (env, id) => warehouseOf(env, id) ?? null,
    },
    displayName: (env, id) => (env.version === 19 ? shortPath(env, id) : pathName(env, LOCATION, id, 'location_id', '/')),
  },
  'stock.route': route,
  'stock.location.route': route,
  'stock.rule': { defaults: { company_id: () => COMPANY } },
  'stock.picking.type': {
    defaults: { company_id: () => COMPANY },
    displayName: (env, id) => {
      const warehouse = env.id('stock.picking.type', id, 'warehouse_id');
      const name = env.text('stock.picking.type', id, 'name');
      return warehouse === undefined ? name : `${env.displayName('stock.warehouse', warehouse)}: ${name}`;
    },
  },
};

/** From Odoo 17 on the name of a location leaves out the view above it, unless that is a warehouse's. */
function shortPath(env: Env, id: number): string {
  const above = env.id(LOCATION, id, 'location_id');
  const name = env.text(LOCATION, id, 'name');
  return above === undefined || env.text(LOCATION, id, 'usage') === 'view' ? name : `${shortPath(env, above)}/${name}`;
}

/** The warehouse whose view a location lies under. */
export function warehouseOf(env: Env, location: number): number | undefined {
  for (let at: number | undefined = location; at !== undefined; at = env.id(LOCATION, at, 'location_id'))
    for (const warehouse of env.store.table('stock.warehouse').having('view_location_id', at)) return warehouse;
  return undefined;
}
