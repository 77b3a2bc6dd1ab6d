import { z } from 'zod';
import { bisect, slices } from './bisect.ts';
import type { OdooClient } from './client.ts';
import { OdooError } from './errors.ts';
import { BATCH_SIZE, QUIET, type WriteOptions, type WriteOutcome } from './write-outcome.ts';

export type Values = Readonly<Record<string, unknown>>;

const Ids = z.union([z.array(z.number()), z.number().transform((id) => [id])]);

/**
 * Creates records, a thousand a call. One that Odoo refuses comes back `refused`, the rest are made.
 * Throws OdooError for what is not about a record: `unknown-outcome` must be looked up before anything is sent again.
 */
export async function createRecords(
  client: OdooClient,
  model: string,
  values: readonly Values[],
  options: WriteOptions = {},
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  for (const slice of slices(values, options.batchSize ?? BATCH_SIZE)) {
    const results = await bisect(slice.items, async (items) => {
      const ids = Ids.parse(
        await client.call({
          model,
          method: 'create',
          args: { vals_list: items },
          context: { ...QUIET, ...options.context },
          ...(options.signal ? { signal: options.signal } : {}),
        }),
      );
      if (ids.length !== items.length)
        throw new OdooError('protocol', `Odoo made ${ids.length} records of ${items.length}.`, { model });
      return ids;
    });
    results.forEach((result, at) => {
      const index = slice.at + at;
      if (result instanceof OdooError) outcomes.push({ index, outcome: 'refused', error: result });
      else outcomes.push({ index, outcome: 'created', id: result, changed: slice.items[at] ?? {} });
    });
  }
  return outcomes;
}
