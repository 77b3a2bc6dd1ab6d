import type { Behaviour } from '../behaviour.ts';
import { COMPANY, numbered } from '../common.ts';
import type { Env } from '../env.ts';
import { OdooFault } from '../errors.ts';
import { bomOf } from '../replenishment/bills-of-materials.ts';
import { confirm, planMoves } from '../replenishment/manufacturing.ts';
import { deleteRecords } from '../unlink.ts';
import { writeRecords } from '../write.ts';
import { converted } from './units.ts';

const ORDER = 'mrp.production';

export const manufacturingBehaviours: Readonly<Record<string, Behaviour>> = {
  'mrp.bom': {
    defaults: { company_id: () => COMPANY },
    prepare: (env, values) => {
      const template = values.product_tmpl_id;
      if (typeof template === 'number' && env.exists('product.template', template))
        values.product_uom_id ??= env.id('product.template', template, 'uom_id');
    },
    displayName: (env, id) => {
      const code = env.text('mrp.bom', id, 'code');
      const template = env.displayName('product.template', env.number('mrp.bom', id, 'product_tmpl_id'));
      return code ? `${code}: ${template}` : template;
    },
  },
  'mrp.bom.line': {
    computes: {
      child_bom_id: (env, id) => bomOf(env, env.number('mrp.bom.line', id, 'product_id')) ?? null,
    },
    prepare: (env, values) => {
      const product = values.product_id;
      if (typeof product === 'number' && env.exists('product.product', product))
        values.product_uom_id ??= env.id('product.product', product, 'uom_id');
    },
  },
  [ORDER]: {
    defaults: { company_id: () => COMPANY },
    computes: {
      product_uom_qty: (env, id) =>
        converted(
          env,
          env.number(ORDER, id, 'product_qty'),
          env.id(ORDER, id, 'product_uom_id'),
          env.id('product.product', env.number(ORDER, id, 'product_id'), 'uom_id'),
        ),
      qty_produced: (env, id) => (env.get(ORDER, id, 'state') === 'done' ? env.number(ORDER, id, 'product_qty') : 0),
    },
    prepare: (env, values) => {
      values.name ??= numbered(env, 'WH/MO/', 5);
      const now = env.now.slice(0, 19);
      if (env.version === 14) values.date_planned_start ??= now;
      else {
        values.date_start ??= now;
        values.date_finished ??= values.date_start;
      }
      const product = values.product_id;
      if (typeof product !== 'number' || !env.exists('product.product', product)) return;
      if (values.bom_id === undefined) values.bom_id = bomOf(env, product, 'normal') ?? false;
      values.product_uom_id ??= env.id('product.product', product, 'uom_id');
      const [type] = env.search('stock.picking.type', [['code', '=', 'mrp_operation']]);
      values.picking_type_id ??= type;
      const place =
        typeof values.picking_type_id === 'number'
          ? env.id('stock.picking.type', values.picking_type_id, 'default_location_dest_id')
          : undefined;
      values.location_src_id ??= place;
      values.location_dest_id ??= place;
    },
    created: (env, ids) => {
      for (const id of ids) if (env.ids(ORDER, id, 'move_finished_ids').length === 0) planMoves(env, id);
    },
    written: (env, ids, values) => {
      if (!('product_qty' in values)) return;
      for (const id of ids) {
        deleteRecords(env, 'stock.move', [...env.ids(ORDER, id, 'move_raw_ids'), ...env.ids(ORDER, id, 'move_finished_ids')]);
        planMoves(env, id);
      }
    },
    deleting: (env, ids) => {
      if (ids.some((id) => !['draft', 'cancel'].includes(env.text(ORDER, id, 'state'))))
        throw new OdooFault('user', 'You cannot delete a manufacturing order that is not in draft or cancelled.');
    },
    methods: {
      action_confirm: {
        parameters: [],
        run: (env, _, ids) => {
          confirm(env, ids);
          return true;
        },
      },
      action_cancel: { parameters: [], run: cancel },
    },
  },
};

function cancel(env: Env, _: string, ids: readonly number[]): boolean {
  for (const id of ids) {
    writeRecords(env, ORDER, [id], { state: 'cancel' });
    for (const move of [...env.ids(ORDER, id, 'move_raw_ids'), ...env.ids(ORDER, id, 'move_finished_ids')])
      writeRecords(env, 'stock.move', [move], { state: 'cancel' });
  }
  return true;
}
