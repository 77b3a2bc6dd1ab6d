import type { OdooClient } from './client.ts';
import { holds } from './equality.ts';
import { OdooError } from './errors.ts';
import { searchAll } from './pages.ts';
import { type Update, writeUpdates } from './update.ts';
import type { WriteOptions, WriteOutcome } from './write-outcome.ts';

/**
 * Updates records by id: reads what they hold, writes only what differs. A record that is not there is `refused`.
 * Throws OdooError for what is not about a record; doing it again is safe.
 */
export async function updateRecords(
  client: OdooClient,
  model: string,
  updates: readonly Update[],
  options: WriteOptions & { readonly dryRun?: boolean } = {},
): Promise<WriteOutcome[]> {
  const fields = await (await client.profile()).fields(model);
  const names = [...new Set(updates.flatMap(({ values }) => Object.keys(values)))];
  const held = new Map<number, Readonly<Record<string, unknown>>>();
  const search = {
    model,
    domain: [['id', 'in', updates.map(({ id }) => id)]],
    fields: names,
    context: { ...options.context, active_test: false },
  };
  for (const record of await searchAll(client, search)) held.set(record.id, record);

  const outcomes: WriteOutcome[] = [];
  const differing: (Update & { index: number; before: Readonly<Record<string, unknown>> })[] = [];
  updates.forEach(({ id, values }, index) => {
    const record = held.get(id);
    const changed = Object.keys(values).filter((name) => !holds(fields[name], record?.[name], values[name]));
    if (!record)
      outcomes.push({
        index,
        id,
        outcome: 'refused',
        error: new OdooError('not-found', `${model} has no record ${id}, or this user may not see it.`, { model }),
      });
    else if (changed.length === 0) outcomes.push({ index, id, outcome: 'unchanged' });
    else {
      const pick = (source: Readonly<Record<string, unknown>>) => Object.fromEntries(changed.map((name) => [name, source[name]]));
      differing.push({ index, id, values: pick(values), before: pick(record) });
    }
  });
  const refusals = options.dryRun ? [] : await writeUpdates(client, model, differing, options);
  differing.forEach(({ index, id, values, before }, at) => {
    const error = refusals[at];
    outcomes.push(error ? { index, id, outcome: 'refused', error } : { index, id, outcome: 'updated', changed: values, before });
  });
  return outcomes.sort((left, right) => left.index - right.index);
}
