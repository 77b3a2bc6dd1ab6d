import { setImmediate as nextTurn } from 'node:timers/promises';
import { slices } from './bisect.ts';
import type { OdooClient } from './client.ts';
import { createRecords, type Values } from './create.ts';
import { holds, isEmpty } from './equality.ts';
import { OdooError } from './errors.ts';
import { findExisting, keyOf, theOne } from './existing.ts';
import type { OdooRecord } from './pages.ts';
import type { FieldInfo } from './profile.ts';
import { type Update, writeUpdates } from './update.ts';
import { batchSizeOf, type WriteOptions, type WriteOutcome } from './write-outcome.ts';

/** What an upsert is about to do to one batch, by the places of the records in the list that was given. */
export type UpsertPlan = {
  readonly creates: readonly { readonly index: number; readonly values: Values }[];
  readonly updates: readonly { readonly index: number; readonly id: number; readonly changed: Values; readonly before: Values }[];
  readonly unchanged: readonly { readonly index: number; readonly id: number }[];
  readonly refused: readonly { readonly index: number; readonly error: OdooError }[];
};

export type UpsertOptions = WriteOptions & {
  /** Fields that tell which record of Odoo's is meant. */
  readonly keys: readonly string[];
  /** Fields that are written on create, and on update only where Odoo holds nothing. */
  readonly fillEmpty?: readonly string[];
  /** Find out what would be done, and do nothing. */
  readonly dryRun?: boolean;
  /** Called for each batch before anything of it is written. */
  readonly onPlan?: (plan: UpsertPlan) => Promise<void>;
};

/**
 * Creates what Odoo does not have, updates what differs, leaves alone what is equal. One look-up a batch; the next
 * batch is looked up while this one is written. Outcomes come in the order of the list.
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
  const fields = await checkedFields(client, model, [...keys, ...names]);
  const batches = [...slices(values, await batchSizeOf(client, options))];
  const seen = new Set<string>();
  const compared = [...names].concat(Object.hasOwn(fields, 'active') ? ['active'] : []);
  const lookUp = (at: number) => {
    const batch = batches[at];
    if (!batch) return undefined;
    const found = findExisting(client, model, batch.items, keys, fields, compared, options.context ?? {});
    // Awaited a batch later; a failure must not count as unhandled until then.
    found.catch(() => undefined);
    return found;
  };

  const outcomes: WriteOutcome[] = [];
  let ahead = lookUp(0);
  for (const [at, batch] of batches.entries()) {
    const existing = (await ahead) ?? new Map<string, OdooRecord[]>();
    ahead = lookUp(at + 1);
    const plan = planBatch(batch, existing, fields, seen, options);
    await options.onPlan?.(plan);
    outcomes.push(...(await apply(client, model, plan, options)));
  }
  return outcomes.sort((left, right) => left.index - right.index);
}

type Fields = Readonly<Record<string, FieldInfo>>;

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
async function checkedFields(client: OdooClient, model: string, names: readonly string[]): Promise<Fields> {
  const fields = await (await client.profile()).fields(model);
  const missing = new Set(names.filter((field) => !Object.hasOwn(fields, field)));
  if (missing.size > 0)
    throw new OdooError('validation', `${model} has no field ${[...missing].join(', ')} in this Odoo. Correct the mapping.`, {
      model,
    });
  return fields;
}

function planBatch(
  batch: { readonly at: number; readonly items: readonly Values[] },
  existing: ReadonlyMap<string, OdooRecord[]>,
  fields: Fields,
  seen: Set<string>,
  { keys, fillEmpty = [] }: UpsertOptions,
): UpsertPlan {
  const plan = { creates: [], updates: [], unchanged: [], refused: [] } as {
    creates: { index: number; values: Values }[];
    updates: { index: number; id: number; changed: Values; before: Values }[];
    unchanged: { index: number; id: number }[];
    refused: { index: number; error: OdooError }[];
  };
  batch.items.forEach((values, place) => {
    const index = batch.at + place;
    const key = keyOf(values, keys, fields);
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
    const held = theOne(existing.get(key), keys);
    if (held instanceof OdooError) plan.refused.push({ index, error: held });
    else if (!held) plan.creates.push({ index, values });
    else {
      const names = Object.keys(values).filter((name) =>
        fillEmpty.includes(name) ? isEmpty(held[name]) && !isEmpty(values[name]) : !holds(fields[name], held[name], values[name]),
      );
      if (names.length === 0) plan.unchanged.push({ index, id: held.id });
      else plan.updates.push({ index, id: held.id, changed: pick(values, names), before: pick(held, names) });
    }
  });
  return plan;
}

async function apply(client: OdooClient, model: string, plan: UpsertPlan, options: UpsertOptions): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [
    ...plan.unchanged.map(({ index, id }) => ({ index, id, outcome: 'unchanged' as const })),
    ...plan.refused.map(({ index, error }) => ({ index, error, outcome: 'refused' as const })),
  ];
  const created = options.dryRun
    ? undefined
    : await createRecords(
        client,
        model,
        plan.creates.map(({ values }) => values),
        options,
      );
  plan.creates.forEach(({ index, values }, at) => {
    outcomes.push(created?.[at] ? { ...created[at], index } : { index, outcome: 'created', changed: values });
  });
  const updates: Update[] = plan.updates.map(({ id, changed }) => ({ id, values: changed }));
  const refusals = options.dryRun ? [] : await writeUpdates(client, model, updates, options);
  plan.updates.forEach(({ index, id, changed, before }, at) => {
    const error = refusals[at];
    outcomes.push(error ? { index, id, outcome: 'refused', error } : { index, id, outcome: 'updated', changed, before });
  });
  return outcomes;
}

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}
