import { setImmediate as nextTurn } from 'node:timers/promises';
import { slices } from './bisect.ts';
import type { OdooClient } from './client.ts';
import { createRecords, type Values } from './create.ts';
import { concernsAll, isRefusal } from './denied.ts';
import { holds, isEmpty } from './equality.ts';
import { OdooError } from './errors.ts';
import { findExisting, keyOf, theOne } from './existing.ts';
import type { Guard } from './guard.ts';
import { isOfLine, type Line, lineChange, linesOf, readLines, withNewLines } from './lines.ts';
import type { OdooRecord } from './pages.ts';
import type { FieldInfo } from './profile.ts';
import { type Update, writeUpdates } from './update.ts';
import { batchSizeOf, type WriteOptions, type WriteOutcome } from './write-outcome.ts';

/** What an upsert is about to do to one batch, by the places of the records in the list that was given. */
export type UpsertPlan = {
  readonly creates: readonly { readonly index: number; readonly values: Values }[];
  readonly updates: readonly { readonly index: number; readonly id: number; readonly changed: Values; readonly before: Values }[];
  /** Without an id where Odoo has none and none is wanted. */
  readonly unchanged: readonly { readonly index: number; readonly id?: number }[];
  readonly refused: readonly { readonly index: number; readonly error: OdooError }[];
};

export type UpsertOptions = WriteOptions & {
  /** Fields that tell which record of Odoo's is meant. */
  readonly keys: readonly string[];
  /** Fields that are written on create, and on update only where Odoo holds nothing. */
  readonly fillEmpty?: readonly string[];
  /** Which of the records that are found may be changed. */
  readonly guard?: Guard | undefined;
  /** A quantity of which nothing is no reason to create a record; one that is there is updated to nothing all the same. */
  readonly unlessZero?: string | undefined;
  /** Find out what would be done, and do nothing. */
  readonly dryRun?: boolean;
  /** Called for each batch before anything of it is written. */
  readonly onPlan?: (plan: UpsertPlan) => Promise<void>;
  /** Called once what was planned has been done, or refused. */
  readonly onDone?: () => void;
};

/**
 * Creates what Odoo does not have, updates what differs, leaves alone what is equal. One look-up a batch; the next
 * batch is looked up while this one is written. Outcomes come in the order of the list.
 *
 * A name such as `order_line.product_qty` is a field of the record's line: the one whose fields among the keys are equal.
 * Throws OdooError for what is not about a record; doing it all again is then safe, for it looks first.
 */
export async function upsertRecords(
  client: OdooClient,
  model: string,
  values: readonly Values[],
  options: UpsertOptions,
): Promise<WriteOutcome[]> {
  const { keys } = options;
  if (keys.length === 0)
    throw new OdooError('validation', 'An upsert needs key fields that tell which record is meant.', { model });
  const names = await fieldNames(values);
  const all = await (await client.profile()).fields(model);
  const lines = await linesOf(client, model, all, names, keys);
  const guarded = options.guard ? [options.guard.field, ...(Object.hasOwn(all, 'name') ? ['name'] : [])] : [];
  const own = [...keys, ...names, ...guarded].filter((name) => !isOfLine(name));
  const fields = checkedFields(model, all, own);
  const batches = [...slices(values, await batchSizeOf(client, options))];
  const seen = new Set<string>();
  const compared = [...own, ...lines.map(({ field }) => field), ...(Object.hasOwn(fields, 'active') ? ['active'] : [])];
  const version = (await client.profile()).version.major;
  const lookUp = (at: number) => {
    const batch = batches[at];
    if (!batch) return undefined;
    const found = heldBy(batch.items);
    // Awaited a batch later; a failure must not count as unhandled until then.
    found.catch(() => undefined);
    return found;
  };

  const heldBy = async (items: readonly Values[]): Promise<Held> => {
    const ownKeys = keys.filter((key) => !isOfLine(key));
    const records = await findExisting(client, model, items, ownKeys, fields, compared, options.context ?? {});
    const rows = await Promise.all(lines.map((line) => readLines(client, line, [...records.values()].flat())));
    return { records, lines: lines.map((line, at) => ({ line, rows: rows[at] ?? new Map() })) };
  };

  const outcomes: WriteOutcome[] = [];
  const concernsEach = concernsAll(client, model, 'read');
  const refusals: Refusals = new Map();
  let halved = 0;
  let ahead = lookUp(0);
  for (let at = 0; at < batches.length; at++) {
    const batch = batches[at] ?? { at: 0, items: [] };
    let held: Held | undefined;
    try {
      held = await ahead;
    } catch (error) {
      // A value that Odoo cannot look for, such as a number that is too large, costs only its own record.
      if (!isRefusal(error) || (await concernsEach(error))) throw error;
      if (batch.items.length > 1 && halved++ < MOST_HALVED) batches.splice(at + 1, 0, ...halvesOf(batch));
      else outcomes.push(...batch.items.map((_, place) => ({ index: batch.at + place, outcome: 'refused' as const, error })));
    }
    ahead = lookUp(at + 1);
    if (!held) continue;
    const plan = planBatch(batch, held, { model, fields, version }, seen, options);
    await options.onPlan?.(plan);
    outcomes.push(...(await apply(client, model, plan, options, refusals)));
    options.onDone?.();
  }
  return outcomes.sort((left, right) => left.index - right.index);
}

/** Why a user may not create or write any record of a model, once Odoo has said so. */
type Refusals = Map<'create' | 'write', OdooError>;

/** The results of a write; the refusal for each of so many records where Odoo refuses them all alike. It is asked only once. */
async function orRefused<Result>(
  client: OdooClient,
  refusals: Refusals,
  operation: 'create' | 'write',
  write: () => Promise<readonly Result[]>,
): Promise<readonly Result[] | OdooError> {
  const before = refusals.get(operation);
  if (before) return before;
  try {
    return await write();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    refusals.set(operation, error);
    client.refresh();
    return error;
  }
}

type Batch = { readonly at: number; readonly items: readonly Values[] };

function halvesOf({ at, items }: Batch): Batch[] {
  const middle = Math.ceil(items.length / 2);
  return [
    { at, items: items.slice(0, middle) },
    { at: at + middle, items: items.slice(middle) },
  ];
}

/** So often a batch is halved to look up less of it: enough for some records at fault, not for a server at fault. */
const MOST_HALVED = 64;

type Fields = Readonly<Record<string, FieldInfo>>;
type About = { readonly model: string; readonly fields: Fields; readonly version: number };

/** What Odoo holds of a batch: records by key text, and their lines. */
type Held = {
  readonly records: ReadonlyMap<string, OdooRecord[]>;
  readonly lines: readonly { readonly line: Line; readonly rows: ReadonlyMap<number, OdooRecord> }[];
};

/** The fields that any of the records has; gives way to other work now and then. */
async function fieldNames(values: readonly Values[]): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const { items } of slices(values, 2_000)) {
    for (const record of items) for (const name of Object.keys(record)) names.add(name);
    await nextTurn();
  }
  return names;
}

/** The model's fields, once it is sure that it has every field that is to be written. */
function checkedFields(model: string, fields: Fields, names: readonly string[]): Fields {
  const missing = new Set(names.filter((field) => !Object.hasOwn(fields, field)));
  if (missing.size > 0)
    throw new OdooError('validation', `${model} has no field ${[...missing].join(', ')} in this Odoo. Correct the mapping.`, {
      model,
    });
  return fields;
}

function planBatch(
  batch: Batch,
  existing: Held,
  { model, fields, version }: About,
  seen: Set<string>,
  { keys, fillEmpty = [], guard, unlessZero }: UpsertOptions,
): UpsertPlan {
  const ownKeys = keys.filter((key) => !isOfLine(key));
  const lines = existing.lines.map(({ line }) => line);
  const plan = { creates: [], updates: [], unchanged: [], refused: [] } as {
    creates: { index: number; values: Values }[];
    updates: { index: number; id: number; changed: Values; before: Values }[];
    unchanged: { index: number; id?: number }[];
    refused: { index: number; error: OdooError }[];
  };
  batch.items.forEach((values, place) => {
    const index = batch.at + place;
    const key = keyOf(values, ownKeys, fields);
    const blank = keys.find((name) => values[name] === undefined || values[name] === null || values[name] === '');
    if (blank || keys.every((name) => values[name] === false)) {
      const text = `The record has no value for ${blank ?? keys.join(', ')}, by which it would be found in Odoo.`;
      plan.refused.push({ index, error: new OdooError('validation', text) });
      return;
    }
    if (seen.has(key)) {
      plan.refused.push({
        index,
        error: new OdooError('validation', `Another record of this batch has the same ${keys.join(', ')}; that one was taken.`),
      });
      return;
    }
    seen.add(key);
    const there = existing.records.get(key)?.filter((record) => !guard?.gone.includes(String(record[guard.field])));
    const held = theOne(there, ownKeys);
    if (held instanceof OdooError) plan.refused.push({ index, error: held });
    else if (!held && unlessZero !== undefined && Number(values[unlessZero]) === 0) plan.unchanged.push({ index });
    else if (!held) plan.creates.push({ index, values: withNewLines(values, lines) });
    else {
      const names = Object.keys(values)
        .filter((name) => !isOfLine(name))
        .filter((name) =>
          fillEmpty.includes(name)
            ? isEmpty(held[name]) && !isEmpty(values[name])
            : !holds(fields[name], held[name], values[name]),
        );
      const changes = existing.lines.flatMap(({ line, rows }) => lineChange(values, held, line, rows) ?? []);
      const error = guard && guardedAgainst(guard, held, names, changes.length > 0, model, version);
      if (names.length === 0 && changes.length === 0) plan.unchanged.push({ index, id: held.id });
      else if (error) plan.refused.push({ index, error });
      else {
        const changed = Object.assign(pick(values, names), ...changes.map((change) => change.changed));
        const before = Object.assign(pick(held, names), ...changes.map((change) => change.before));
        plan.updates.push({ index, id: held.id, changed, before });
      }
    }
  });
  return plan;
}

async function apply(
  client: OdooClient,
  model: string,
  plan: UpsertPlan,
  options: UpsertOptions,
  refusals: Refusals,
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [
    ...plan.unchanged.map(({ index, id }) => ({ index, id, outcome: 'unchanged' as const })),
    ...plan.refused.map(({ index, error }) => ({ index, error, outcome: 'refused' as const })),
  ];
  const creates = plan.creates.map(({ values }) => values);
  const created = options.dryRun
    ? []
    : await orRefused(client, refusals, 'create', () => createRecords(client, model, creates, options));
  plan.creates.forEach(({ index, values }, at) => {
    if (created instanceof OdooError) outcomes.push({ index, outcome: 'refused', error: created });
    else outcomes.push(created[at] ? { ...created[at], index } : { index, outcome: 'created', changed: values });
  });
  const updates: Update[] = plan.updates.map(({ id, changed }) => ({ id, values: changed }));
  const updated = options.dryRun
    ? []
    : await orRefused(client, refusals, 'write', () => writeUpdates(client, model, updates, options));
  plan.updates.forEach(({ index, id, changed, before }, at) => {
    const error = updated instanceof OdooError ? updated : updated[at];
    outcomes.push(error ? { index, id, outcome: 'refused', error } : { index, id, outcome: 'updated', changed, before });
  });
  return outcomes;
}

/** Why a record may not be changed as it is about to be; undefined where it may. */
function guardedAgainst(
  guard: Guard,
  held: OdooRecord,
  names: readonly string[],
  linesChange: boolean,
  model: string,
  version: number,
): OdooError | undefined {
  const name = `${model} ${isEmpty(held.name) ? held.id : held.name}`;
  const state = String(held[guard.field]);
  if (!guard.open.includes(state)) {
    const what = [...names, ...(linesChange ? ['its lines'] : [])].join(', ');
    const text = `${name} has the ${guard.field} "${state}" and is left as it is; only ${guard.open.join(', ')} ones are changed. It differs in ${what}. Change it in Odoo by hand, or cancel it there and replay.`;
    return new OdooError('validation', text, { model });
  }
  const fixed = guard.fixedBefore && version < guard.fixedBefore.version ? guard.fixedBefore : undefined;
  const bound = fixed && names.filter((one) => fixed.fields.includes(one));
  if (!bound?.length) return undefined;
  const text = `${name} is there with another ${bound.join(', ')}. Before Odoo ${fixed?.version} what depends on that would not follow. Cancel it in Odoo, and replay.`;
  return new OdooError('validation', text, { model });
}

function pick(values: Values, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}
