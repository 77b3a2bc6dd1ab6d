import { z } from 'zod';
import type { OdooClient } from '../../odoo/client.ts';
import type { ProductKey } from '../master-view.ts';
import { grouped, Many2one, Many2oneName, OptionalNumber, OptionalText, RequiredMany2one, readForValues } from './answers.ts';
import { readExternalIds } from './external-ids.ts';

const ProductRow = z.object({
  id: z.number(),
  default_code: OptionalText,
  barcode: OptionalText,
  active: z.boolean(),
  product_tmpl_id: RequiredMany2one,
  company_id: Many2one,
  uom_id: RequiredMany2one,
  // A category shows its complete name, such as "All / Saleable / Office Furniture", in every version.
  categ_id: Many2oneName,
  produce_delay: OptionalNumber,
  days_to_prepare_mo: OptionalNumber,
  route_ids: z.array(z.number()).optional().default([]),
});
export type ProductRow = z.output<typeof ProductRow>;

const PRODUCT = {
  model: 'product.product',
  fields: ['default_code', 'barcode', 'active', 'product_tmpl_id', 'company_id', 'uom_id', 'categ_id'],
  // produce_delay is the product's up to Odoo 16 and the BoM's from 17 on; routes come with inventory.
  fieldsWherePresent: ['produce_delay', 'days_to_prepare_mo', 'route_ids'],
  row: ProductRow,
  archivedToo: true,
} as const;

/** Every product variant, archived ones too, that goes by one of the references. */
export async function readProducts(
  client: OdooClient,
  key: ProductKey,
  references: readonly string[],
): Promise<Map<string, ProductRow[]>> {
  if (key === 'external_id') return readByExternalId(client, references);
  const rows = await readForValues(client, PRODUCT, references, (values) => [[key, 'in', [...values]]]);
  return grouped(rows, (row) => row[key] ?? '');
}

/** An external id names a variant, or a template: then all its variants go by it. */
async function readByExternalId(client: OdooClient, references: readonly string[]): Promise<Map<string, ProductRow[]>> {
  const named = await readExternalIds(client, references);
  const variants = [...new Set(named.filter((one) => one.model === 'product.product').map((one) => one.id))];
  const templates = [...new Set(named.filter((one) => one.model === 'product.template').map((one) => one.id))];
  const rows = [
    ...(await readForValues(client, PRODUCT, variants, (ids) => [['id', 'in', [...ids]]])),
    ...(await readForValues(client, PRODUCT, templates, (ids) => [['product_tmpl_id', 'in', [...ids]]])),
  ];
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byTemplate = grouped([...byId.values()], (row) => row.product_tmpl_id);
  const found = new Map<string, ProductRow[]>();
  for (const { reference, model, id } of named) {
    const variant = byId.get(id);
    const here = model === 'product.template' ? (byTemplate.get(id) ?? []) : variant ? [variant] : [];
    found.set(reference, [...(found.get(reference) ?? []), ...here]);
  }
  return found;
}
