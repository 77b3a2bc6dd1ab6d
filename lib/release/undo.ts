import { actOn } from '../odoo/act.ts';
import type { OdooClient } from '../odoo/client.ts';
import { holds } from '../odoo/equality.ts';
import type { OdooError } from '../odoo/errors.ts';
import { searchAll } from '../odoo/pages.ts';
import { updateRecords } from '../odoo/update-records.ts';
import { canonicalJson } from '../store/canonical-json.ts';
import type { Undone } from '../store/versions/roll-back.ts';
import type { ReleasedOrder, ReleasedRecord } from '../store/versions/written.ts';
import { ordersNow } from './orders.ts';

/** How each kind of order is cancelled, and in which states that takes nothing away from anybody. */
const CANCEL: Readonly<Record<string, { readonly method: string; readonly states: readonly string[] }>> = {
  'mrp.production': { method: 'action_cancel', states: ['draft'] },
  'purchase.order': { method: 'button_cancel', states: ['draft'] },
};

/**
 * Takes back what a release did in Odoo, as far as nobody else has had a hand in it since: draft orders that came of it
 * are cancelled, records that it changed hold again what they held before, and those that it made are archived, or, where
 * they are orders, cancelled. What is not as the release left it stays, and says why. Doing it again after it broke off
 * goes on where it stood. Throws OdooError where Odoo does not answer.
 *
 * @param known how orders looked that earlier releases made already: one that only grew is left
 */
export async function undo(
  client: OdooClient,
  records: readonly ReleasedRecord[],
  orders: readonly ReleasedOrder[],
  known: ReadonlySet<string>,
): Promise<Undone[]> {
  const made = records.filter(({ model, created }) => created && CANCEL[model]);
  return [
    ...(await cancelOrders(client, orders, known)),
    ...(await cancelMade(client, made)),
    ...(await restore(
      client,
      records.filter((record) => !made.includes(record)),
    )),
  ];
}

async function cancelOrders(client: OdooClient, orders: readonly ReleasedOrder[], known: ReadonlySet<string>): Promise<Undone[]> {
  const now = await ordersNow(client, orders);
  const undone: Undone[] = [];
  const cancelled: ReleasedOrder[] = [];
  for (const order of orders) {
    const key = `${order.model}/${order.record}`;
    const state = now.get(key);
    const leave = (why: string) => undone.push({ ...of(order), undone: why, left: true });
    if (!state) leave('is no longer there');
    else if (state.state === 'cancel') undone.push({ ...of(order), undone: 'cancelled', left: false });
    else if (!CANCEL[order.model]?.states.includes(String(state.state))) leave(`is ${state.state} already`);
    else if (canonicalJson(state) !== canonicalJson(order.snapshot)) leave('was changed since the release');
    else if (known.has(key)) leave('was there before this release');
    else cancelled.push(order);
  }
  return [...undone, ...(await cancel(client, cancelled.map(of)))];
}

/** Draft orders that the release itself wrote. */
async function cancelMade(client: OdooClient, made: readonly ReleasedRecord[]): Promise<Undone[]> {
  const undone: Undone[] = [];
  const cancelled: Of[] = [];
  for (const [model, records] of Map.groupBy(made, (record) => record.model)) {
    const fields = await (await client.profile()).fields(model);
    const names = [...new Set(records.flatMap(({ changed }) => Object.keys(changed)))];
    const held = await heldBy(client, model, records, [...names, 'state', 'name']);
    for (const record of records) {
      const now = held.get(record.record);
      const named = { model, record: record.record, name: String(now?.name ?? `${model} ${record.record}`) };
      const differs = Object.keys(record.changed).filter((name) => {
        const isList = ['one2many', 'many2many'].includes(fields[name]?.type ?? '');
        return !isList && !holds(fields[name], now?.[name], record.changed[name]);
      });
      if (!now) undone.push({ ...named, undone: 'is no longer there', left: true });
      else if (now.state === 'cancel') undone.push({ ...named, undone: 'cancelled', left: false });
      else if (!CANCEL[model]?.states.includes(String(now.state)))
        undone.push({ ...named, undone: `is ${now.state} already`, left: true });
      else if (differs.length > 0)
        undone.push({ ...named, undone: `was changed since the release (${differs.join(', ')})`, left: true });
      else cancelled.push(named);
    }
  }
  return [...undone, ...(await cancel(client, cancelled))];
}

type Of = Pick<Undone, 'model' | 'record' | 'name'>;

const of = ({ model, record, name }: ReleasedOrder): Of => ({ model, record, name });

async function cancel(client: OdooClient, orders: readonly Of[]): Promise<Undone[]> {
  const undone: Undone[] = [];
  for (const [model, some] of Map.groupBy(orders, (order) => order.model)) {
    const { refused } = await actOn(
      client,
      model,
      CANCEL[model]?.method ?? 'action_cancel',
      some.map(({ record }) => record),
    );
    const why = new Map(refused.map(({ id, error }) => [id, error]));
    undone.push(...some.map((order) => ({ ...order, ...cameOf('cancelled', why.get(order.record)) })));
  }
  return undone;
}

async function restore(client: OdooClient, records: readonly ReleasedRecord[]): Promise<Undone[]> {
  const undone: Undone[] = [];
  for (const [model, some] of Map.groupBy(records, (record) => record.model)) {
    const fields = await (await client.profile()).fields(model);
    const names = new Set(some.flatMap(({ changed }) => Object.keys(changed)));
    if (fields.active) names.add('active');
    const held = await heldBy(client, model, some, [...names, ...(fields.name ? ['name'] : [])]);
    const back: { of: Of; text: string; id: number; values: Record<string, unknown> }[] = [];
    for (const { record, created, changed, before } of some) {
      if (Object.keys(changed).length === 0) continue;
      const now = held.get(record);
      const named = { model, record, name: String(now?.name ?? `${model} ${record}`) };
      const text = created ? 'archived' : 'restored';
      const values: Record<string, unknown> = created ? { active: false } : writable(before);
      const is = (wanted: Readonly<Record<string, unknown>>) =>
        Object.entries(wanted).every(([name, value]) => holds(fields[name], now?.[name], value));
      if (!now) undone.push({ ...named, undone: 'is no longer there', left: true });
      else if (created && !fields.active) undone.push({ ...named, undone: 'cannot be archived', left: true });
      else if (is(values)) undone.push({ ...named, undone: text, left: false });
      else if (!is(changed)) undone.push({ ...named, undone: 'was changed since the release', left: true });
      else back.push({ of: named, text, id: record, values });
    }
    const outcomes = await updateRecords(client, model, back);
    for (const { index, error } of outcomes) {
      const one = back[index];
      if (one) undone.push({ ...one.of, ...cameOf(one.text, error) });
    }
  }
  return undone;
}

/** What Odoo held, as it takes it back: a many2one by its id. */
function writable(before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(before).map(([name, value]) => [
      name,
      Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'string'
        ? value[0]
        : value,
    ]),
  );
}

function cameOf(done: string, error: OdooError | undefined): Pick<Undone, 'undone' | 'left'> {
  return error ? { undone: `Odoo refused: ${error.message}`, left: true } : { undone: done, left: false };
}

async function heldBy(client: OdooClient, model: string, records: readonly ReleasedRecord[], fields: readonly string[]) {
  const domain = [['id', 'in', records.map(({ record }) => record)]];
  const found = await searchAll(client, { model, domain, fields, context: { active_test: false } });
  return new Map(found.map((record) => [record.id, record]));
}
