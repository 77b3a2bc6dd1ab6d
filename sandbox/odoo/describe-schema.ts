import { ADMIN, type Database } from './calling.ts';
import { Env } from './env.ts';
import { createRecord } from './write.ts';

const MODULES = [
  'base',
  'uom',
  'product',
  'stock',
  'mrp',
  'purchase_stock',
  'sale_management',
  'sale_stock',
  'sale_mrp',
  'purchase_mrp',
];

/** Fills the models that describe the others: `ir.model`, `ir.model.fields`, `ir.module.module`. */
export function describeSchema({ schema, store }: Database): void {
  const env = new Env(schema, store, ADMIN, {});
  for (const { model, name, fields } of schema.models.values()) {
    const id = createRecord(env, 'ir.model', { model, name, state: 'base', transient: false });
    for (const field of fields.values())
      createRecord(env, 'ir.model.fields', {
        name: field.name,
        model,
        model_id: id,
        field_description: field.string,
        ttype: field.type,
        relation: field.relation ?? false,
        relation_field: field.inverse ?? false,
        required: field.required,
        readonly: field.readonly,
        store: field.store,
      });
  }
  for (const name of MODULES) createRecord(env, 'ir.module.module', { name, shortdesc: name, state: 'installed' });
}
