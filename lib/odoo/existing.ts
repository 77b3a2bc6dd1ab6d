import type { OdooClient } from './client.ts';
import type { Values } from './create.ts';
import type { Condition } from './domain.ts';
import { asNumber } from './equality.ts';
import { OdooError } from './errors.ts';
import type { OdooRecord } from './pages.ts';
import { searchAll } from './pages.ts';
import type { FieldInfo } from './profile.ts';

type Fields = Readonly<Record<string, FieldInfo>>;

const TEXTS: ReadonlySet<string> = new Set(['char', 'text', 'selection']);
const NUMBERS: ReadonlySet<string> = new Set(['integer', 'float', 'monetary', 'many2one', 'many2one_reference']);

/** A key field's value as Odoo compares it: a many2one by its id, a number as one, a reference of digits as the text that it is. */
function keyValue(value: unknown, field: FieldInfo | undefined): unknown {
  if (Array.isArray(value)) return value[0];
  if (value === null || value === undefined || value === '' || value === false) return false;
  const type = field?.type ?? '';
  if (NUMBERS.has(type)) return asNumber(value);
  return TEXTS.has(type) ? String(value) : value;
}

/** A record's key as text: the values of the key fields. */
export function keyOf(record: Values, keys: readonly string[], fields: Fields): string {
  return JSON.stringify(keys.map((key) => keyValue(record[key], fields[key])));
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
  fields: Fields,
  wanted: readonly string[],
  context: Values,
): Promise<Map<string, OdooRecord[]>> {
  const domain: Condition[] = keys.map((key) => {
    const distinct = new Set(values.map((record) => keyValue(record[key], fields[key])));
    if (distinct.size > 1) return [key, 'in', [...distinct]];
    return [key, '=', [...distinct][0]];
  });
  const found = new Map<string, OdooRecord[]>();
  const options = {
    model,
    domain,
    fields: [...new Set([...keys, ...wanted])],
    context: { ...context, active_test: false },
    // One more than there can be of them where no key stands twice, so that a full page does not ask for another one.
    pageSize: values.length + 1,
  };
  for (const record of await searchAll(client, options)) {
    const key = keyOf(record, keys, fields);
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
