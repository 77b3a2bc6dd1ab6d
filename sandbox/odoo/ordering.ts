import type { Env } from './env.ts';
import { OdooFault } from './errors.ts';
import type { Field } from './schema.ts';
import type { Value } from './store.ts';

type Term = { readonly field: Field; readonly descending: boolean; readonly nullsFirst: boolean };

const ORDER = /^(\s*([a-z0-9:_.]+|"[a-z0-9:_.]+")(\s+(desc|asc))?(\s+nulls\s+(first|last))?\s*(,|$))+(?<!,)$/i;

/** Sorts as PostgreSQL does for Odoo: empty values last when ascending, a many2one by its own model's order. */
export function sortIds(env: Env, model: string, ids: number[], order: string): number[] {
  const terms = parseOrder(env, model, order);
  const [only] = terms;
  if (only && only.field.name === 'id') return ids.sort((one, other) => (only.descending ? other - one : one - other));
  return ids.sort((one, other) => compare(env, model, terms, one, other) || one - other);
}

function parseOrder(env: Env, model: string, order: string): Term[] {
  if (!ORDER.test(order.trim()))
    throw new OdooFault(
      'user',
      `Invalid "order" specified (${order}). A valid "order" specification is a comma-separated list of valid field names (optionally followed by asc/desc for the direction)`,
    );
  return order.split(',').map((part) => {
    const [name = '', ...words] = part.trim().toLowerCase().split(/\s+/);
    const field = env.field(model, name);
    if (!field) throw new OdooFault('value', `Invalid field '${name}' on model '${model}'`);
    if (!field.stored && !field.store && !field.related && name !== 'display_name')
      throw new OdooFault('value', `Cannot convert ${model}.${name} to SQL because it is not stored`);
    const descending = words.includes('desc');
    const nullsFirst = words.includes('nulls') ? words.includes('first') : descending;
    return { field, descending, nullsFirst };
  });
}

function compare(env: Env, model: string, terms: readonly Term[], one: number, other: number): number {
  for (const { field, descending, nullsFirst } of terms) {
    const a = env.valueOf(model, one, field);
    const b = env.valueOf(model, other, field);
    if (a === b) continue;
    if (a === null || b === null) return (a === null) === nullsFirst ? -1 : 1;
    const sign = field.type === 'many2one' ? compareRecords(env, field.relation!, a, b) : compareValues(a, b);
    if (sign !== 0) return descending ? -sign : sign;
  }
  return 0;
}

function compareRecords(env: Env, model: string, one: Value, other: Value): number {
  const order = env.model(model).order;
  return order === 'id'
    ? Number(one) - Number(other)
    : compare(env, model, parseOrder(env, model, order), Number(one), Number(other));
}

function compareValues(one: Value, other: Value): number {
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : 1;
  return Number(one) - Number(other);
}
