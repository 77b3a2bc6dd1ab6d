import type { Env } from './env.ts';
import { OdooFault } from './errors.ts';
import type { Field } from './schema.ts';
import type { Value } from './store.ts';

export type Answer = Record<string, unknown> & { id: number };

/** Records as `read` answers them; ids that do not exist are left out, as Odoo does. */
export function readRecords(
  env: Env,
  model: string,
  ids: readonly number[],
  names: readonly string[] | undefined,
  load: unknown = '_classic_read',
): Answer[] {
  const asked = names && names.length > 0 ? [...new Set(names)] : [...env.model(model).fields.keys()];
  const fields = asked.filter((name) => name !== 'id').map((name) => fieldToRead(env, model, name));
  const named = load === '_classic_read';
  const names_ = new Map<string, string>();
  return ids
    .filter((id) => env.exists(model, id))
    .map((id) => {
      const answer: Answer = { id };
      for (const field of fields) answer[field.name] = shown(env, field, env.valueOf(model, id, field), named, names_);
      return answer;
    });
}

function fieldToRead(env: Env, model: string, name: string): Field {
  const field = env.field(model, name);
  if (field) return field;
  throw new OdooFault(
    'value',
    env.version === 19 ? `Invalid field '${name}' on '${model}'` : `Invalid field '${name}' on model '${model}'`,
  );
}

/** A value as Odoo answers it: false for what is empty, `[id, name]` for a many2one, datetimes in seconds. */
export function shown(env: Env, field: Field, value: Value, named: boolean, known?: Map<string, string>): unknown {
  switch (field.type) {
    case 'many2one':
      if (typeof value !== 'number' || !env.exists(field.relation!, value)) return false;
      return named ? [value, nameOf(env, field.relation!, value, known)] : value;
    case 'one2many':
      return value ?? [];
    case 'many2many': {
      const ids = (value as readonly number[] | null) ?? [];
      return env.activeOnly(
        field.relation!,
        ids.filter((id) => env.exists(field.relation!, id)),
      );
    }
    case 'integer':
    case 'float':
    case 'monetary':
    case 'many2one_reference':
      return value ?? 0;
    case 'datetime':
      return value === null ? false : String(value).slice(0, 19);
    default:
      return value ?? false;
  }
}

function nameOf(env: Env, model: string, id: number, known: Map<string, string> | undefined): string {
  const key = `${model},${id}`;
  const name = known?.get(key) ?? env.displayName(model, id);
  known?.set(key, name);
  return name;
}

export type Specification = Readonly<Record<string, { readonly fields?: Specification }>>;

/** Records in the nested shape of `web_read`, which a specification of fields asks for. */
export function readBySpecification(env: Env, model: string, ids: readonly number[], specification: Specification): Answer[] {
  const names = Object.keys(specification);
  if (names.length === 0) return ids.map((id) => ({ id }));
  const answers = readRecords(env, model, ids, names, null);
  for (const name of names) {
    const field = env.field(model, name);
    const nested = specification[name]?.fields;
    if (!field?.relation || !nested) continue;
    for (const answer of answers) {
      const value = answer[name];
      if (Array.isArray(value)) answer[name] = readBySpecification(env, field.relation, value, nested);
      else if (typeof value === 'number') [answer[name]] = readBySpecification(env, field.relation, [value], nested);
    }
  }
  return answers;
}
