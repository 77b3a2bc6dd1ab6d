import { danglingReference } from './constraints.ts';
import type { Env } from './env.ts';
import { missingRecord } from './errors.ts';
import type { Field, Model } from './schema.ts';
import type { Row } from './store.ts';

/** Deletes records, and with them what cannot be without them; refuses where another record needs one of them. */
export function deleteRecords(env: Env, model: string, ids: readonly number[]): void {
  const schema = env.model(model);
  const missing = ids.filter((id) => !env.exists(model, id));
  if (missing.length > 0) throw missingRecord(model, missing, env.user);
  schema.behaviour.deleting?.(env, ids);
  for (const id of ids) env.store.remove(model, id);
  for (const [other, field] of referring(env, model)) {
    const table = env.store.table(other.model);
    const users = ids.flatMap((id) => [...table.having(field.name, id)]);
    if (users.length === 0) continue;
    if (field.ondelete === 'cascade') deleteRecords(env, other.model, users);
    else if (field.required || field.ondelete === 'restrict') throw danglingReference(env, other, field);
    else for (const user of users) env.store.put(other.model, { ...env.row(other.model, user), [field.name]: null } as Row);
  }
  const gone = new Set(ids);
  const names = env.store.table('ir.model.data');
  for (const id of ids)
    for (const name of [...names.having('res_id', id)])
      if (env.row('ir.model.data', name).model === model && gone.has(id)) env.store.remove('ir.model.data', name);
}

/** The stored many2one fields of other models that name this one. */
function referring(env: Env, model: string): [Model, Field][] {
  const found: [Model, Field][] = [];
  for (const other of env.schema.models.values())
    for (const field of other.fields.values())
      if (
        field.stored &&
        field.type === 'many2one' &&
        field.relation === model &&
        !['create_uid', 'write_uid'].includes(field.name)
      )
        found.push([other, field]);
  return found;
}
