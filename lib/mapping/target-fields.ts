import type { Profile } from '../odoo/profile.ts';
import type { Mapping } from './mapping.ts';

/**
 * The fields that a mapping's target has: the model's own, and those of the lines that the mapping makes (`order_line.name`).
 * @throws OdooError `not-found` for a model that the database does not have
 */
export async function targetFields(profile: Pick<Profile, 'fields'>, mapping: Mapping): Promise<ReadonlySet<string>> {
  if (!mapping.target) return new Set();
  const fields = await profile.fields(mapping.target.model);
  const names = new Set(Object.keys(fields));
  const made = mapping.rows.flatMap(({ to }) => to);
  for (const field of new Set(made.filter((name) => name.includes('.')).map((name) => name.slice(0, name.indexOf('.'))))) {
    const relation = fields[field]?.relation;
    if (relation === undefined) continue;
    for (const name of Object.keys(await profile.fields(relation))) names.add(`${field}.${name}`);
  }
  return names;
}
