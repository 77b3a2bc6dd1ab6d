import { isDeepStrictEqual } from 'node:util';
import { DateTime } from 'luxon';
import { z } from 'zod';
import type { OdooClient } from '../odoo/client.ts';
import { OdooError } from '../odoo/errors.ts';
import { searchAll } from '../odoo/pages.ts';
import type { Planned } from './progress.ts';

/** A change of what Odoo holds when it is written: `{ "$add": 5 }` of a number, `{ "$add": { "minutes": 120 } }` of a time. */
const Relative = z.strictObject({
  $add: z.union([
    z.number(),
    z.strictObject({ minutes: z.number().optional(), hours: z.number().optional(), days: z.number().optional() }),
  ]),
});
type Relative = z.infer<typeof Relative>;

type Update = { readonly id: number; readonly values: Readonly<Record<string, unknown>> };
type Unresolved = { readonly id: number; readonly error: OdooError };

const ODOO_TIME = 'yyyy-MM-dd HH:mm:ss';
const ODOO_DATE = 'yyyy-MM-dd';

/** Whether a record says of some field what is to be added to it. Such records are written in the order in which they came. */
export function isRelative(values: Readonly<Record<string, unknown>>): boolean {
  return Object.values(values).some((value) => Relative.safeParse(value).success);
}

/**
 * The updates with relative values worked out: from what Odoo holds now, or, where an earlier try planned them already, as
 * it did, so that no try adds a second time. An empty field stays empty. A record is unresolved where a field holds nothing
 * that can be added to, or where somebody else has changed it since the earlier try: whether that one's change is in it
 * nobody can tell.
 */
export async function resolveRelative(
  client: OdooClient,
  model: string,
  updates: readonly Update[],
  plannedBefore: (index: number) => Planned | undefined,
  context: Readonly<Record<string, unknown>>,
): Promise<(Update | Unresolved)[]> {
  const relative = updates.map(({ values }) =>
    Object.entries(values).flatMap(([name, value]) => {
      const parsed = Relative.safeParse(value);
      return parsed.success ? [[name, parsed.data] as const] : [];
    }),
  );
  const names = [...new Set(relative.flatMap((fields) => fields.map(([name]) => name)))];
  if (names.length === 0) return [...updates];
  const ids = updates.filter((_, index) => relative[index]?.length).map(({ id }) => id);
  const search = { model, domain: [['id', 'in', [...new Set(ids)]]], fields: names, context: { ...context, active_test: false } };
  const held = new Map((await searchAll(client, search)).map((record) => [record.id, record]));
  return updates.map(({ id, values }, index) => {
    const now = held.get(id);
    // A record that is not there is refused by the update itself.
    if (!now) return { id, values };
    const fields = relative[index] ?? [];
    const planned = plannedBefore(index);
    try {
      if (planned && fields.every(([name]) => isNeither(now[name], planned, name))) throw changedSince(model, fields, now);
      const resolved = fields.map(([name, change]) => [
        name,
        planned?.changed && Object.hasOwn(planned.changed, name)
          ? planned.changed[name]
          : added(now[name], change, `${model} ${name}`),
      ]);
      return { id, values: { ...values, ...Object.fromEntries(resolved) } };
    } catch (error) {
      return { id, error: error as OdooError };
    }
  });
}

/** Whether a field holds neither what it held before an earlier try nor what that one was to write. */
function isNeither(value: unknown, { before = {}, changed = {} }: Planned, name: string): boolean {
  return Object.hasOwn(changed, name) && !isDeepStrictEqual(value, before[name]) && !isDeepStrictEqual(value, changed[name]);
}

function added(value: unknown, { $add: change }: Relative, what: string): unknown {
  if (typeof change === 'number') {
    if (typeof value !== 'number') throw refused(what, value, 'no number');
    return value + change;
  }
  if (value === false) return false;
  const format = String(value).length > ODOO_DATE.length ? ODOO_TIME : ODOO_DATE;
  const moment = DateTime.fromFormat(String(value), format, { zone: 'utc' });
  if (!moment.isValid) throw refused(what, value, 'no time');
  return moment.plus(change).toFormat(format);
}

function refused(what: string, value: unknown, why: string): OdooError {
  return new OdooError('validation', `${what} holds ${JSON.stringify(value)}, which is ${why} that can be added to.`);
}

function changedSince(
  model: string,
  fields: readonly (readonly [string, Relative])[],
  now: Readonly<Record<string, unknown>>,
): OdooError {
  const held = fields.map(([name]) => `${name} holds ${JSON.stringify(now[name])}`).join(', ');
  const text = `Outcome unknown: the answer to a change of ${model} was lost, and somebody else has changed the record since: ${held}. Whether the change is in it nobody can tell. Look at the record, then edit and replay, or discard.`;
  return new OdooError('unknown-outcome', text, { model });
}
