import type { Env } from './env.ts';
import { OdooFault } from './errors.ts';
import type { Field, Model } from './schema.ts';

/** What PostgreSQL checks for Odoo: fields that must be set, records that are named must exist, unique combinations. */
export function checkRecords(env: Env, schema: Model, ids: readonly number[], changed?: readonly string[]): void {
  const among = changed && new Set(changed);
  const fields = [...schema.fields.values()].filter((field) => field.stored && (!among || among.has(field.name)));
  const required = fields.filter((field) => field.required);
  const naming = fields.filter((field) => field.type === 'many2one' && field.name !== 'create_uid' && field.name !== 'write_uid');
  for (const id of ids) {
    const row = env.row(schema.model, id);
    for (const field of required)
      if (row[field.name] === null || row[field.name] === undefined) throw missingValue(env, schema, field);
    for (const field of naming) {
      const named = row[field.name];
      if (typeof named === 'number' && !env.exists(field.relation!, named)) throw danglingReference(env, schema, field);
    }
  }
  for (const unique of schema.unique) {
    if (among && !unique.fields.some((name) => among.has(name))) continue;
    for (const id of ids) {
      const row = env.row(schema.model, id);
      const values = unique.fields.map((name) => row[name] ?? null);
      if (values.includes(null)) continue;
      const [first = '', ...others] = unique.fields;
      for (const other of env.store.table(schema.model).having(first, values[0]!)) {
        if (other === id) continue;
        const theirs = env.row(schema.model, other);
        if (others.every((name, index) => theirs[name] === values[index + 1]))
          throw new OdooFault('validation', `The operation cannot be completed: ${unique.message}`);
      }
    }
  }
}

/** Odoo's words for a mandatory field that is empty. */
export function missingValue(env: Env, schema: Model, field: Field): OdooFault {
  return new OdooFault(
    'validation',
    env.version === 19
      ? `The operation cannot be completed: ${missingValueText(schema, field)}`
      : `The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n- Delete: another model requires the record being deleted. If possible, archive it instead.\n\nModel: ${schema.name} (${schema.model}), Field: ${field.string} (${field.name})`,
  );
}

/** As `load` reports it, without the opening words. */
export function missingValueText(schema: Model, field: Field): string {
  return `Missing required value for the field '${field.string}' (${field.name}).\nModel: '${schema.name}' (${schema.model})\n- create/update: a mandatory field is not set\n- delete: another model requires the record being deleted, you can archive it instead\n`;
}

/** Odoo's words where a foreign key is broken, whether by writing an unknown id or by deleting what is named. */
export function danglingReference(env: Env, schema: Model, field: Field): OdooFault {
  return new OdooFault(
    'validation',
    env.version === 19
      ? `The operation cannot be completed: Another model is using the record you are trying to delete.\n\nThe troublemaker is: '${schema.name}' (${schema.model})\nThanks to the following constraint: '${field.string}' (${field.name})\nHow about archiving the record instead?`
      : `The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\nModel: ${schema.name} (${schema.model}), Constraint: ${schema.model.replaceAll('.', '_')}_${field.name}_fkey`,
  );
}
