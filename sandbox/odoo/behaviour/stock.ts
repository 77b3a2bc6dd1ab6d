import type { Behaviour } from '../behaviour.ts';
import { COMPANY, numbered } from '../common.ts';
import { converted } from './units.ts';

const QUANT = 'stock.quant';
const MOVE = 'stock.move';
const LOTS = ['stock.lot', 'stock.production.lot'];

export const stockBehaviours: Readonly<Record<string, Behaviour>> = {
  [QUANT]: {
    computes: { available_quantity: (env, id) => env.number(QUANT, id, 'quantity') - env.number(QUANT, id, 'reserved_quantity') },
    prepare: (env, values) => {
      values.in_date ??= env.now.slice(0, 19);
    },
    methods: {
      action_apply_inventory: {
        parameters: [],
        run: (env, _, ids) => {
          for (const id of ids)
            env.store.put(QUANT, {
              ...env.row(QUANT, id),
              quantity: env.number(QUANT, id, 'inventory_quantity'),
              inventory_quantity: 0,
            });
          return null;
        },
      },
    },
  },
  ...Object.fromEntries(
    LOTS.map((model): [string, Behaviour] => [
      model,
      {
        defaults: { company_id: () => COMPANY },
        computes: {
          product_qty: (env, id) =>
            [...env.store.table(QUANT).having('lot_id', id)].reduce(
              (sum, quant) => sum + env.number(QUANT, quant, 'quantity'),
              0,
            ),
        },
      },
    ]),
  ),
  [MOVE]: {
    defaults: { company_id: () => COMPANY, date: (env) => env.now.slice(0, 19) },
    computes: {
      product_qty: (env, id) => {
        const product = env.id(MOVE, id, 'product_id');
        const own = product === undefined ? undefined : env.id('product.product', product, 'uom_id');
        return converted(env, env.number(MOVE, id, 'product_uom_qty'), env.id(MOVE, id, 'product_uom'), own);
      },
      reference: (env, id) => env.get(MOVE, id, 'origin'),
    },
    prepare: (env, values) => {
      const product = values.product_id;
      if (typeof product !== 'number' || !env.exists('product.product', product)) return;
      if (env.version === 14) values.name ??= env.displayName('product.product', product);
      values.product_uom ??= env.id('product.product', product, 'uom_id');
    },
  },
  'stock.picking': {
    defaults: { company_id: () => COMPANY, scheduled_date: (env) => env.now.slice(0, 19) },
    prepare: (env, values) => {
      values.name ??= numbered(env, 'WH/PICK/', 5);
    },
    methods: { do_unreserve: { parameters: [], run: () => null } },
  },
};
