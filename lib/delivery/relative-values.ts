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

const ODOO_TIME = 'yyyy-MM-dd HH:mm:ss';
const ODOO_DATE = 'yyyy-MM-dd';

/**
 * The updates with relative values worked out: from what Odoo holds now, or, where an earlier try planned them already, as
 * it did, so that no try adds a second time. An empty field stays empty.
 * Throws OdooError `validation` where a field holds nothing that can be added to.
 */
export async function resolveRelative(
  client: OdooClient,
  model: string,
  updates: readonly Update[],
  plannedBefore: (index: number) => Planned | undefined,
  context: Readonly<Record<string, unknown>>,
): Promise<Update[]> {
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
    const planned = plannedBefore(index)?.changed ?? {};
    const resolved = { ...values };
    for (const [name, change] of relative[index] ?? []) {
      if (Object.hasOwn(planned, name)) resolved[name] = planned[name];
      // A record that is not there is refused by the update itself.
      else if (held.has(id)) resolved[name] = added(held.get(id)?.[name], change, `${model} ${name}`);
    }
    return { id, values: resolved };
  });
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
