import { z } from 'zod';
import { answerAs } from './answer.ts';
import { bisect, slices } from './bisect.ts';
import type { OdooClient } from './client.ts';
import { concernsAll } from './denied.ts';
import { OdooError } from './errors.ts';
import { batchSizeOf, QUIET, type WriteOptions, type WriteOutcome } from './write-outcome.ts';

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
  const forAll = concernsAll(client, model, 'create');
  for (const slice of slices(values, await batchSizeOf(client, options))) {
    const results = await bisect(
      slice.items,
      async (items) => {
        const answer = await client.call({
          model,
          method: 'create',
          args: { vals_list: items },
          context: { ...QUIET, ...options.context },
          ...(options.signal ? { signal: options.signal } : {}),
        });
        const ids = answerAs(Ids, answer, model, 'create');
        if (ids.length !== items.length)
          throw new OdooError('protocol', `Odoo made ${ids.length} records of ${items.length}.`, { model });
        return ids;
      },
      forAll,
    );
    results.forEach((result, at) => {
      const index = slice.at + at;
      if (result instanceof OdooError) outcomes.push({ index, outcome: 'refused', error: result });
      else outcomes.push({ index, outcome: 'created', id: result, changed: slice.items[at] ?? {} });
    });
  }
  return outcomes;
}
