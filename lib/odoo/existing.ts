import type { OdooClient } from './client.ts';
import type { Values } from './create.ts';
import type { Condition } from './domain.ts';
import { OdooError } from './errors.ts';
import type { OdooRecord } from './pages.ts';
import { searchAll } from './pages.ts';

/** A record's key as text: the values of the key fields, a many2one by its id. */
export function keyOf(record: Values, keys: readonly string[]): string {
  return JSON.stringify(
    keys.map((key) => {
      const value = record[key];
      if (Array.isArray(value)) return value[0];
      return value === null || value === undefined || value === '' ? false : value;
    }),
  );
}

/**
 * The records that Odoo already has under the keys of these values, by key text: one search for all of them, by
 * the distinct values of each key field. Archived ones are found too, for they take the key all the same.
 */
export async function findExisting(
  client: OdooClient,
  model: string,
  values: readonly Values[],
  keys: readonly string[],
  fields: readonly string[],
  context: Values,
): Promise<Map<string, OdooRecord[]>> {
  const domain: Condition[] = keys.map((key) => {
    const distinct = new Set(values.map((record) => (Array.isArray(record[key]) ? record[key][0] : (record[key] ?? false))));
    if (distinct.size > 1) return [key, 'in', [...distinct]];
    return [key, '=', [...distinct][0]];
  });
  const found = new Map<string, OdooRecord[]>();
  const options = { model, domain, fields: [...new Set([...keys, ...fields])], context: { ...context, active_test: false } };
  for (const record of await searchAll(client, options)) {
    const key = keyOf(record, keys);
    const same = found.get(key);
    if (same) same.push(record);
    else found.set(key, [record]);
  }
  return found;
}

/** The one record to update, undefined where there is none, or why it cannot be said which. */
export function theOne(records: readonly OdooRecord[] | undefined, keys: readonly string[]): OdooRecord | OdooError | undefined {
  const active = records?.filter((record) => record.active !== false) ?? [];
  if (active.length === 1) return active[0];
  if (active.length > 1)
    return new OdooError(
      'validation',
      `Odoo has ${active.length} records with the same ${keys.join(', ')} (ids ${active.map(({ id }) => id).join(', ')}).`,
    );
  const archived = records?.[0];
  return (
    archived &&
    new OdooError(
      'validation',
      `Odoo has this record (id ${archived.id}), but it is archived. Unarchive it, or choose another key.`,
    )
  );
}
