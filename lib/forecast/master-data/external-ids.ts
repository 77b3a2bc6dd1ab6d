import { z } from 'zod';
import type { OdooClient } from '../../odoo/client.ts';
import { grouped, readForValues } from './answers.ts';

const EXTERNAL_ID = {
  model: 'ir.model.data',
  fields: ['module', 'name', 'model', 'res_id'],
  row: z.object({ id: z.number(), module: z.string(), name: z.string(), model: z.string(), res_id: z.number() }),
} as const;

export type NamedProduct = {
  readonly reference: string;
  readonly model: 'product.product' | 'product.template';
  readonly id: number;
};

/** What external ids such as `stock.product_icecream` name; those without a module are looked up among imported ones (`__import__`). */
export async function readExternalIds(client: OdooClient, references: readonly string[]): Promise<NamedProduct[]> {
  const wanted = grouped(references, (reference) => (reference.includes('.') ? reference : `__import__.${reference}`));
  const names = [...new Set([...wanted.keys()].map((id) => id.slice(id.indexOf('.') + 1)))];
  const rows = await readForValues(client, EXTERNAL_ID, names, (values) => [
    ['name', 'in', [...values]],
    ['model', 'in', ['product.product', 'product.template']],
  ]);
  const named: NamedProduct[] = [];
  for (const row of rows) {
    if (row.model !== 'product.product' && row.model !== 'product.template') continue;
    for (const reference of wanted.get(`${row.module}.${row.name}`) ?? [])
      named.push({ reference, model: row.model, id: row.res_id });
  }
  return named;
}
