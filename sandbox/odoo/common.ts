import type { Env } from './env.ts';

/** The one company of the plant. */
export const COMPANY = 1;

/** The next number of a document, as Odoo's sequences give them: `P00007`. */
export function numbered(env: Env, prefix: string, digits: number): string {
  return `${prefix}${String(env.store.next(prefix)).padStart(digits, '0')}`;
}

/** The names of a tree from the top: `WH/Stock`. */
export function pathName(env: Env, model: string, id: number, parent: string, separator: string): string {
  const above = env.id(model, id, parent);
  const name = env.text(model, id, 'name');
  return above === undefined ? name : `${pathName(env, model, above, parent, separator)}${separator}${name}`;
}

/** The ids of a tree from the top: `1/7/8/`. */
export function pathIds(env: Env, model: string, id: number, parent: string): string {
  const above = env.id(model, id, parent);
  return `${above === undefined ? '' : pathIds(env, model, above, parent)}${id}/`;
}

/** The field of a unit on order lines and suppliers, which 19 renamed. */
export function unitField(env: Env): 'product_uom' | 'product_uom_id' {
  return env.version === 14 ? 'product_uom' : 'product_uom_id';
}
