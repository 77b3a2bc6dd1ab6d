import { bisect, slices } from './bisect.ts';
import type { OdooClient } from './client.ts';
import { concernsAll } from './denied.ts';
import { OdooError } from './errors.ts';
import { batchSizeOf, type WriteOptions } from './write-outcome.ts';

export type ActOptions = WriteOptions & { readonly args?: Readonly<Record<string, unknown>> };
export type ActResult = {
  /** The records that it was called on. */
  readonly ids: readonly number[];
  readonly refused: readonly { readonly id: number; readonly error: OdooError }[];
};

/**
 * Calls a method on records, all in one call; where Odoo refuses, on fewer, until the records at fault stand alone.
 * Throws OdooError `unknown-outcome` when the answer is lost: an action is never blindly repeated.
 */
export async function actOn(
  client: OdooClient,
  model: string,
  method: string,
  ids: readonly number[],
  options: ActOptions = {},
): Promise<ActResult> {
  const done: number[] = [];
  const refused: { id: number; error: OdooError }[] = [];
  const forAll = concernsAll(client, model, 'write');
  for (const slice of slices(ids, await batchSizeOf(client, options))) {
    const results = await bisect(
      slice.items,
      async (items) => {
        await client.call({
          model,
          method,
          ids: items,
          ...(options.args ? { args: options.args } : {}),
          ...(options.context ? { context: options.context } : {}),
          ...(options.signal ? { signal: options.signal } : {}),
        });
        return items;
      },
      forAll,
    );
    results.forEach((result, at) => {
      if (result instanceof OdooError) refused.push({ id: slice.items[at] ?? 0, error: result });
      else done.push(result);
    });
  }
  return { ids: done, refused };
}
