import type { OdooClient } from './client.ts';
import type { Values } from './create.ts';
import { holds } from './equality.ts';
import { OdooError } from './errors.ts';
import { type OdooRecord, searchAll } from './pages.ts';
import type { FieldInfo } from './profile.ts';

type Fields = Readonly<Record<string, FieldInfo>>;

/** A one2many of a model into which records write one line each, by names such as `order_line.product_qty`. */
export type Line = {
  readonly field: string;
  readonly model: string;
  readonly fields: Fields;
  /** The line's fields that are written, and those of them that tell which line is meant. */
  readonly names: readonly string[];
  readonly keys: readonly string[];
};

/** What writing a record's line takes: the command for Odoo, and the one that undoes it; undefined where nothing differs. */
type LineChange = { readonly changed: Values; readonly before: Values };

/** Whether a name is that of a line's field: `order_line.product_qty`. */
export function isOfLine(name: string): boolean {
  return name.includes('.');
}

/**
 * The lines that records of a model write beside their own fields, by the dotted names among `names`.
 * @throws OdooError `validation` for a name whose first part is no one2many, or whose second the lines do not have
 */
export async function linesOf(
  client: OdooClient,
  model: string,
  fields: Fields,
  names: Iterable<string>,
  keys: readonly string[],
): Promise<readonly Line[]> {
  const byField = Map.groupBy([...new Set(names)].filter(isOfLine), (name) => name.slice(0, name.indexOf('.')));
  const profile = await client.profile();
  const inLine = (field: string, some: readonly string[]) =>
    some.filter((name) => name.startsWith(`${field}.`)).map((name) => name.slice(field.length + 1));
  return Promise.all(
    [...byField].map(async ([field, dotted]) => {
      const { type, relation } = fields[field] ?? {};
      if (type !== 'one2many' || !relation)
        throw new OdooError('validation', `${model} has no lines ${field} in this Odoo. Correct the mapping.`, { model });
      const line = { field, model: relation, fields: await profile.fields(relation), names: inLine(field, dotted) };
      const missing = line.names.filter((name) => !Object.hasOwn(line.fields, name));
      if (missing.length > 0)
        throw new OdooError('validation', `${relation} has no field ${missing.join(', ')} in this Odoo. Correct the mapping.`, {
          model,
        });
      return { ...line, keys: inLine(field, keys) };
    }),
  );
}

/** The lines of records that Odoo holds, by their ids: one look-up for all. */
export async function readLines(
  client: OdooClient,
  { field, model, names }: Line,
  records: Iterable<OdooRecord>,
): Promise<ReadonlyMap<number, OdooRecord>> {
  const ids = [...records].flatMap((record) => (record[field] as number[] | undefined) ?? []);
  if (ids.length === 0) return new Map();
  const rows = await searchAll(client, { model, domain: [['id', 'in', ids]], fields: names, pageSize: ids.length + 1 });
  return new Map(rows.map((row) => [row.id, row]));
}

/** A record's values for `create`: its line as a command that makes it. */
export function withNewLines(values: Values, lines: readonly Line[]): Values {
  if (lines.length === 0) return values;
  const own = Object.fromEntries(Object.entries(values).filter(([name]) => !isOfLine(name)));
  for (const line of lines) {
    const wanted = lineValues(values, line);
    if (Object.keys(wanted).length > 0) own[line.field] = [[0, 0, wanted]];
  }
  return own;
}

/**
 * What is to change of the line that a record wants: the whole line is written where any of it differs, for Odoo works some
 * of its fields out of others. A record that has no such line gets one.
 */
export function lineChange(
  values: Values,
  held: OdooRecord,
  line: Line,
  rows: ReadonlyMap<number, OdooRecord>,
): LineChange | undefined {
  const wanted = lineValues(values, line);
  if (Object.keys(wanted).length === 0) return undefined;
  const isSame = (row: OdooRecord, name: string) => holds(line.fields[name], row[name], wanted[name]);
  const row = ((held[line.field] as number[] | undefined) ?? [])
    .flatMap((id) => rows.get(id) ?? [])
    .find((one) => line.keys.every((name) => isSame(one, name)));
  if (!row) return { changed: { [line.field]: [[0, 0, wanted]] }, before: {} };
  if (Object.keys(wanted).every((name) => isSame(row, name))) return undefined;
  const before = Object.fromEntries(
    Object.keys(wanted).map((name) => [name, Array.isArray(row[name]) ? (row[name] as unknown[])[0] : row[name]]),
  );
  return { changed: { [line.field]: [[1, row.id, wanted]] }, before: { [line.field]: [[1, row.id, before]] } };
}

function lineValues(values: Values, { field, names }: Line): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = values[`${field}.${name}`];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
