import { bisect, slices } from './bisect.ts';
import type { OdooClient } from './client.ts';
import type { Values } from './create.ts';
import { concernsAll } from './denied.ts';
import { OdooError } from './errors.ts';
import { loadable, loadUpdates } from './load.ts';
import type { FieldInfo } from './profile.ts';
import { batchSizeOf, QUIET, type WriteOptions } from './write-outcome.ts';

export type Update = { readonly id: number; readonly values: Values };

/** Groups of equal values up to this share of the records go out as one `write` a group, which then is the fastest. */
const FEW_GROUPS = 0.02;

/** Servers that turned out to have no `web_save_multi` (up to 17); asked once a client. */
const withoutSaveMulti = new WeakSet<OdooClient>();

/**
 * Writes records that are known to differ: one `write` a group where many share their values; else one call a batch, by
 * `web_save_multi` where the server has it, by `load` where it does not and the fields allow it. Gives undefined for
 * each that was written and the refusal for each that was not, in order.
 */
export async function writeUpdates(
  client: OdooClient,
  model: string,
  updates: readonly Update[],
  options: WriteOptions = {},
): Promise<(OdooError | undefined)[]> {
  if (updates.length === 0) return [];
  const context = { ...QUIET, ...options.context };
  const about = { model, context, ...(options.signal ? { signal: options.signal } : {}) };
  const refusals: (OdooError | undefined)[] = new Array(updates.length).fill(undefined);
  const size = await batchSizeOf(client, options);
  const forAll = concernsAll(client, model, 'write');
  const places = [...updates.keys()];

  const groups = Map.groupBy(places, (at) => JSON.stringify(updates[at]?.values));
  if (groups.size <= Math.max(1, updates.length * FEW_GROUPS)) await writeGroups(groups.values());
  else if (withoutSaveMulti.has(client) || !(await saveMulti())) await loadOrWrite();
  return refusals;

  async function writeGroups(groups: Iterable<readonly number[]>): Promise<void> {
    for (const group of groups) {
      const values = updates[group[0] ?? 0]?.values;
      await send(group, (ids) => client.call({ ...about, method: 'write', ids, args: { vals: values } }));
    }
  }

  /** One call for records with values of their own. False, with nothing done, where the server does not have it. */
  async function saveMulti(): Promise<boolean> {
    try {
      await send(places, (ids, items) => {
        const vals_list = items.map((at) => updates[at]?.values);
        return client.call({ ...about, method: 'web_save_multi', ids, args: { vals_list, specification: {} } });
      });
      return true;
    } catch (error) {
      if (!(error instanceof OdooError && error.code === 'not-found' && /web_save_multi/.test(error.message))) throw error;
      withoutSaveMulti.add(client);
      return false;
    }
  }

  async function loadOrWrite(): Promise<void> {
    const fields: Readonly<Record<string, FieldInfo>> = await (await client.profile()).fields(model);
    const tables = Map.groupBy(places, (at) => {
      const values = updates[at]?.values ?? {};
      return loadable(values, fields) ? JSON.stringify(Object.keys(values).sort()) : '';
    });
    const single = tables.get('') ?? [];
    tables.delete('');
    for (const table of tables.values()) {
      for (const { items } of slices(table, size)) {
        const send = async (some: readonly number[]) => {
          const rows = some.flatMap((at) => updates[at] ?? []);
          return (await loadUpdates(client, model, rows, fields, context)).map((error) => ({ error }));
        };
        const results = await bisect(items, send, forAll);
        results.forEach((result, at) => {
          const error = result instanceof OdooError ? result : result.error;
          if (error) refusals[items[at] ?? 0] = error;
        });
      }
    }
    await writeGroups(Map.groupBy(single, (at) => JSON.stringify(updates[at]?.values)).values());
  }

  /** Sends the records at these places, in batches, and notes what was refused. */
  async function send(
    places: readonly number[],
    call: (ids: number[], places: readonly number[]) => Promise<unknown>,
  ): Promise<void> {
    for (const { items } of slices(places, size)) {
      const sent = async (some: readonly number[]) => {
        await call(
          some.map((at) => updates[at]?.id ?? 0),
          some,
        );
        return some;
      };
      const results = await bisect(items, sent, forAll);
      results.forEach((result, at) => {
        if (result instanceof OdooError) refusals[items[at] ?? 0] = result;
      });
    }
  }
}
