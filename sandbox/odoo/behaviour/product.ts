import type { Behaviour, Values } from '../behaviour.ts';
import { COMPANY, pathIds, pathName, unitField } from '../common.ts';
import type { Env } from '../env.ts';
import { availability } from '../replenishment/availability.ts';
import type { Value } from '../store.ts';
import { createRecords, writeRecords } from '../write.ts';

const TEMPLATE = 'product.template';
const VARIANT = 'product.product';

/** Fields that a template shows of its only variant. */
const OF_VARIANT = ['default_code', 'barcode', 'standard_price', 'weight', 'volume'] as const;
const QUANTITIES = ['qty_available', 'virtual_available', 'incoming_qty', 'outgoing_qty'] as const;

const templateComputes: Record<string, (env: Env, id: number) => Value> = {
  product_variant_id: (env, id) => env.ids(TEMPLATE, id, 'product_variant_ids')[0] ?? null,
  product_variant_count: (env, id) => env.ids(TEMPLATE, id, 'product_variant_ids').length,
  bom_count: (env, id) => env.ids(TEMPLATE, id, 'bom_ids').length,
};
const templateInverses: Record<string, (env: Env, ids: readonly number[], value: unknown) => void> = {};
for (const name of OF_VARIANT) {
  templateComputes[name] = (env, id) => {
    const [only, ...others] = variantsOf(env, id);
    return only !== undefined && others.length === 0 ? env.get(VARIANT, only, name) : null;
  };
  templateInverses[name] = (env, ids, value) => {
    for (const id of ids) {
      const [only, ...others] = variantsOf(env, id);
      if (only !== undefined && others.length === 0) writeRecords(env, VARIANT, [only], { [name]: value });
    }
  };
}
for (const name of QUANTITIES)
  templateComputes[name] = (env, id) =>
    env.ids(TEMPLATE, id, 'product_variant_ids').reduce((sum, variant) => sum + availability(env, variant)[name], 0);

/** The variants of a template: the active ones, or where there is none the archived ones. */
function variantsOf(env: Env, template: number): readonly number[] {
  const active = env.ids(TEMPLATE, template, 'product_variant_ids');
  return active.length > 0 ? active : env.with({ active_test: false }).ids(TEMPLATE, template, 'product_variant_ids');
}

function withCode(code: string, name: string): string {
  return code ? `[${code}] ${name}` : name;
}

export const productBehaviours: Readonly<Record<string, Behaviour>> = {
  'product.category': {
    computes: {
      complete_name: (env, id) => pathName(env, 'product.category', id, 'parent_id', ' / '),
      parent_path: (env, id) => pathIds(env, 'product.category', id, 'parent_id'),
    },
  },
  [TEMPLATE]: {
    computes: templateComputes,
    inverses: templateInverses,
    defaults: {
      uom_id: () => 1,
      uom_po_id: () => 1,
      categ_id: () => 1,
      currency_id: (env) => env.id('res.company', COMPANY, 'currency_id'),
    },
    displayName: (env, id) => withCode(env.text(TEMPLATE, id, 'default_code'), env.text(TEMPLATE, id, 'name')),
    created: (env, ids, list) => {
      if (env.context.create_product_product === false) return;
      for (const [index, id] of ids.entries()) {
        const own: Values = { product_tmpl_id: id };
        for (const name of [...OF_VARIANT, 'active']) if (list[index]?.[name] !== undefined) own[name] = list[index][name];
        createRecords(env, VARIANT, [own]);
      }
    },
    written: (env, ids, values) => {
      if (!('active' in values)) return;
      const all = env.with({ active_test: false });
      for (const id of ids) writeRecords(env, VARIANT, all.ids(TEMPLATE, id, 'product_variant_ids'), { active: values.active });
    },
  },
  [VARIANT]: {
    computes: {
      code: (env, id) => env.get(VARIANT, id, 'default_code'),
      lst_price: (env, id) => env.number(VARIANT, id, 'list_price'),
      qty_available: (env, id) => availability(env, id).qty_available,
      virtual_available: (env, id) => availability(env, id).virtual_available,
      free_qty: (env, id) => availability(env, id).qty_available,
      incoming_qty: (env, id) => availability(env, id).incoming_qty,
      outgoing_qty: (env, id) => availability(env, id).outgoing_qty,
    },
    displayName: (env, id) => {
      const values = env
        .ids(VARIANT, id, 'product_template_attribute_value_ids')
        .map((value) => env.displayName('product.template.attribute.value', value));
      const name = env.text(VARIANT, id, 'name');
      return withCode(env.text(VARIANT, id, 'default_code'), values.length > 0 ? `${name} (${values.join(', ')})` : name);
    },
  },
  'product.supplierinfo': {
    defaults: { company_id: () => COMPANY, currency_id: (env) => env.id('res.company', COMPANY, 'currency_id') },
    prepare: (env, values) => {
      if (!values.product_tmpl_id && typeof values.product_id === 'number')
        values.product_tmpl_id = env.id(VARIANT, values.product_id, 'product_tmpl_id');
      if (
        env.version === 19 &&
        !values.product_uom_id &&
        typeof values.product_tmpl_id === 'number' &&
        env.exists(TEMPLATE, values.product_tmpl_id)
      )
        values[unitField(env)] = env.id(TEMPLATE, values.product_tmpl_id, 'uom_id');
    },
  },
  'product.template.attribute.value': { displayName: (env, id) => env.text('product.template.attribute.value', id, 'name') },
};
