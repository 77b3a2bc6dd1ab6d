import type { OdooClient } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';

/** The field by which records of a model belong to a product. */
const PRODUCT = {
  'product.supplierinfo': 'product_tmpl_id.product_variant_ids.default_code',
  'stock.warehouse.orderpoint': 'product_id.default_code',
} as const;

/** Takes away what a test left, or what others may have left before it, of a product (by its internal reference). */
export async function removeAll(odoo: OdooClient, model: keyof typeof PRODUCT, code: string): Promise<void> {
  const found = await searchAll(odoo, {
    model,
    domain: [[PRODUCT[model], '=', code]],
    fields: [],
    context: { active_test: false },
  });
  if (found.length > 0) await odoo.call({ model, method: 'unlink', ids: found.map(({ id }) => id) });
}
