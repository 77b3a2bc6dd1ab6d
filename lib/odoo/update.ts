import { bisect, slices } from './bisect.ts';
import type { OdooClient } from './client.ts';
import type { Values } from './create.ts';
import { OdooError } from './errors.ts';
import { BATCH_SIZE, QUIET, type WriteOptions } from './write-outcome.ts';

export type Update = { readonly id: number; readonly values: Values };

/** Groups of equal values up to this share of the records go out as one `write` a group, which then is the fastest. */
const FEW_GROUPS = 0.02;

/** Servers that turned out to have no `web_save_multi` (up to 18); asked once a client. */
const withoutSaveMulti = new WeakSet<OdooClient>();

/**
 * Writes records that are known to differ: one call a batch where each has values of its own, one `write` a group where
 * many share theirs. Gives undefined for each that was written and the refusal for each that was not, in order.
 */
export async function writeUpdates(
  client: OdooClient,
  model: string,
  updates: readonly Update[],
  options: WriteOptions = {},
): Promise<(OdooError | undefined)[]> {
  const about = { model, context: { ...QUIET, ...options.context }, ...(options.signal ? { signal: options.signal } : {}) };
  const refusals: (OdooError | undefined)[] = new Array(updates.length).fill(undefined);

  const groups = Map.groupBy(updates.keys(), (at) => JSON.stringify(updates[at]?.values));
  const grouped = groups.size <= Math.max(1, updates.length * FEW_GROUPS) || withoutSaveMulti.has(client);
  if (!grouped && (await saveMulti())) return refusals;
  for (const places of groups.values()) {
    const values = updates[places[0] ?? 0]?.values;
    await send(places, (ids) => client.call({ ...about, method: 'write', ids, args: { vals: values } }));
  }
  return refusals;

  /** Sends the records at these places, in batches, and notes what was refused. */
  async function send(
    places: readonly number[],
    call: (ids: number[], places: readonly number[]) => Promise<unknown>,
  ): Promise<void> {
    for (const slice of slices(places, options.batchSize ?? BATCH_SIZE)) {
      const results = await bisect(slice.items, async (items) => {
        await call(
          items.map((at) => updates[at]?.id ?? 0),
          items,
        );
        return items;
      });
      results.forEach((result, at) => {
        if (result instanceof OdooError) refusals[slice.items[at] ?? 0] = result;
      });
    }
  }

  /** One call for records with values of their own. False, with nothing done, where the server does not have it. */
  async function saveMulti(): Promise<boolean> {
    let known = true;
    await send([...updates.keys()], async (ids, places) => {
      if (!known) return;
      const vals_list = places.map((at) => updates[at]?.values);
      try {
        await client.call({ ...about, method: 'web_save_multi', ids, args: { vals_list, specification: {} } });
      } catch (error) {
        if (!(error instanceof OdooError && error.code === 'not-found' && /web_save_multi/.test(error.message))) throw error;
        known = false;
        withoutSaveMulti.add(client);
      }
    });
    return known;
  }
}
