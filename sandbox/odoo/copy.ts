import type { Values } from './behaviour.ts';
import type { Env } from './env.ts';
import { createRecord } from './write.ts';

const NOT_COPIED = new Set(['id', 'create_date', 'create_uid', 'write_date', 'write_uid']);

/** Copies records' own values, with some replaced; a name gets "(copy)" behind it. */
export function copyRecords(env: Env, model: string, ids: readonly number[], replaced: Values | null): number | number[] {
  const { fields, nameField } = env.model(model);
  const copies = ids.map((id) => {
    const values: Values = {};
    for (const field of fields.values())
      if (field.stored && !NOT_COPIED.has(field.name))
        values[field.name] =
          field.type === 'many2many' ? [[6, 0, env.ids(model, id, field.name)]] : env.get(model, id, field.name);
    if (fields.get(nameField)?.type === 'char') values[nameField] = `${env.text(model, id, nameField)} (copy)`;
    return createRecord(env, model, { ...values, ...replaced });
  });
  return env.version === 14 ? copies[0]! : copies;
}
