import type { Behaviour } from '../behaviour.ts';
import { COMPANY, numbered } from '../common.ts';
import type { Env } from '../env.ts';
import { OdooFault } from '../errors.ts';
import { addDays } from '../moments.ts';
import { bomOf } from '../replenishment/bills-of-materials.ts';
import { horizonDays } from '../replenishment/lead-days.ts';
import { orderNotice } from '../replenishment/notice.ts';
import { leadOf, onHand, quantityForecast, quantityToOrder, ruleOf } from '../replenishment/orderpoint-quantities.ts';
import { type Procurement, procure } from '../replenishment/procurement.ts';
import { rounded } from '../values.ts';
import { warehouseOf } from './warehouse.ts';

const ORDERPOINT = 'stock.warehouse.orderpoint';

export const orderpointBehaviours: Readonly<Record<string, Behaviour>> = {
  [ORDERPOINT]: {
    defaults: { company_id: () => COMPANY, name: (env) => numbered(env, 'OP/', 5) },
    computes: {
      product_uom_name: (env, id) => env.displayName('uom.uom', env.number(ORDERPOINT, id, 'product_uom')),
      rule_ids: (env, id) => [ruleOf(env, id)].filter((rule) => rule !== undefined),
      effective_route_id: (env, id) => {
        const rule = ruleOf(env, id);
        return env.id(ORDERPOINT, id, 'route_id') ?? (rule === undefined ? null : env.get('stock.rule', rule, 'route_id'));
      },
      lead_days: (env, id) => leadOf(env, id),
      lead_days_date: (env, id) => addDays(env.today, leadOf(env, id)),
      lead_horizon_date: (env, id) => addDays(env.today, leadOf(env, id) + horizonDays(env)),
      qty_on_hand: (env, id) => onHand(env, id),
      qty_forecast: (env, id) => quantityForecast(env, id),
      qty_to_order_computed: (env, id) => quantityToOrder(env, id),
      qty_to_order: (env, id) =>
        (env.version === 19 && env.number(ORDERPOINT, id, 'qty_to_order_manual')) || quantityToOrder(env, id),
    },
    inverses: {
      qty_to_order: (env, ids, value) => {
        if (env.version !== 19) return;
        for (const id of ids) {
          const manual =
            env.get(ORDERPOINT, id, 'trigger') === 'auto' || Number(value) === quantityToOrder(env, id)
              ? 0
              : rounded(Number(value), 2);
          env.store.put(ORDERPOINT, { ...env.row(ORDERPOINT, id), qty_to_order_manual: manual });
        }
      },
    },
    prepare: (env, values) => {
      const warehouse = typeof values.warehouse_id === 'number' ? values.warehouse_id : undefined;
      const location = typeof values.location_id === 'number' ? values.location_id : undefined;
      if (env.version === 14 && (warehouse === undefined || location === undefined)) {
        const [first] = env.search('stock.warehouse', []);
        values.warehouse_id ??= location === undefined ? first : (warehouseOf(env, location) ?? first);
        values.location_id ??= env.id('stock.warehouse', Number(values.warehouse_id), 'lot_stock_id');
      }
      if (env.version === 19) {
        if (warehouse === undefined)
          values.warehouse_id =
            (location === undefined ? undefined : warehouseOf(env, location)) ?? env.search('stock.warehouse', [])[0];
        if (
          location === undefined &&
          typeof values.warehouse_id === 'number' &&
          env.exists('stock.warehouse', values.warehouse_id)
        )
          values.location_id = env.id('stock.warehouse', values.warehouse_id, 'lot_stock_id');
        values.product_max_qty ??= values.product_min_qty;
      }
    },
    writing: (env, ids, values) => {
      if ('company_id' in values && values.company_id !== COMPANY)
        throw new OdooFault(
          'user',
          'Changing the company of this record is forbidden at this point, you should rather archive it and create a new one.',
        );
      // From 19 on the maximum follows a minimum that is written above it.
      if (env.version === 19 && 'product_min_qty' in values && !('product_max_qty' in values)) {
        const least = Number(values.product_min_qty);
        const raised = ids.filter((id) => env.number(ORDERPOINT, id, 'product_max_qty') < least);
        for (const id of raised) env.store.put(ORDERPOINT, { ...env.row(ORDERPOINT, id), product_max_qty: rounded(least, 2) });
      }
    },
    check: (env, ids, fields) => {
      if (env.version !== 19) return;
      for (const id of ids) {
        const { product_id: product, product_min_qty: least, product_max_qty: most } = env.row(ORDERPOINT, id);
        if ((fields.has('product_min_qty') || fields.has('product_max_qty')) && Number(least) > Number(most))
          throw new OdooFault('validation', 'The minimum quantity must be less than or equal to the maximum quantity.');
        if (fields.has('product_id') && bomOf(env, Number(product), 'phantom') !== undefined)
          throw new OdooFault('validation', 'A product with a kit-type bill of materials can not have a reordering rule.');
      }
    },
    methods: {
      action_replenish: { parameters: [{ name: 'force_to_max', default: false }], run: (env, _, ids) => replenish(env, ids) },
      action_replenish_auto: { parameters: [], run: (env, _, ids) => replenish(env, ids) },
    },
  },
};

/** Orders what the reordering rules lack. One that cannot be supplied refuses them all; alone, from 19 on, it points to the product. */
function replenish(env: Env, ids: readonly number[]): unknown {
  const before = env.store.savepoint();
  const needs = ids.flatMap((id) => needOf(env, id));
  try {
    procure(env, needs);
  } catch (error) {
    const [only, ...others] = ids;
    if (!(error instanceof OdooFault) || only === undefined || others.length > 0 || env.version === 14) throw error;
    env.store.rollbackTo(before);
    throw redirect(env, only, error);
  }
  if (env.version === 19) for (const id of ids) env.store.put(ORDERPOINT, { ...env.row(ORDERPOINT, id), qty_to_order_manual: 0 });
  return ids.length === 1 && needs.length > 0 ? orderNotice(env, ids[0]!) : false;
}

function needOf(env: Env, id: number): Procurement[] {
  const quantity = env.number(ORDERPOINT, id, 'qty_to_order');
  if (quantity <= 0) return [];
  const name = env.text(ORDERPOINT, id, 'name');
  return [
    {
      product: env.number(ORDERPOINT, id, 'product_id'),
      quantity,
      location: env.number(ORDERPOINT, id, 'location_id'),
      warehouse: env.id(ORDERPOINT, id, 'warehouse_id'),
      route: env.id(ORDERPOINT, id, 'route_id'),
      orderpoint: id,
      origin: name,
      deadline: addDays(env.today, leadOf(env, id)),
      vendor: env.id(ORDERPOINT, id, 'supplier_id'),
      bom: env.id(ORDERPOINT, id, 'bom_id'),
    },
  ];
}

function redirect(env: Env, orderpoint: number, error: OdooFault): OdooFault {
  const product = env.number(ORDERPOINT, orderpoint, 'product_id');
  const action = {
    name: env.displayName('product.product', product),
    type: 'ir.actions.act_window',
    res_model: 'product.product',
    res_id: product,
    views: [[1, 'form']],
  };
  return new OdooFault('redirect', error.message, [action, 'Edit Product', null]);
}
