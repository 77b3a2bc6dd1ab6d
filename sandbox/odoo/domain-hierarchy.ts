import type { Env } from './env.ts';

/** The many2one that makes a tree of a model. */
export function parentField(env: Env, model: string): 'parent_id' | 'location_id' {
  return env.field(model, 'parent_id') ? 'parent_id' : 'location_id';
}

/** Records and all below them (`child_of`), or all above them (`parent_of`). */
export function family(env: Env, model: string, operator: 'child_of' | 'parent_of', start: readonly number[]): Set<number> {
  const parent = parentField(env, model);
  const found = new Set<number>();
  const queue = [...start];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id) || !env.exists(model, id)) continue;
    found.add(id);
    if (operator === 'child_of') queue.push(...env.store.table(model).having(parent, id));
    else {
      const above = env.id(model, id, parent);
      if (above !== undefined) queue.push(above);
    }
  }
  return found;
}
