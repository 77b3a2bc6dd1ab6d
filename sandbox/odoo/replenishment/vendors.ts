import { converted } from '../behaviour/units.ts';
import { unitField } from '../common.ts';
import type { Env } from '../env.ts';

const SELLER = 'product.supplierinfo';

/** The vendor line that a purchase would take: in date, for this variant, its least quantity reached, in Odoo's order. */
export function sellerOf(env: Env, product: number, quantity?: number): number | undefined {
  const own = env.id('product.product', product, 'uom_id');
  return env.ids('product.product', product, 'seller_ids').find((line) => {
    const { product_id: variant, date_start: from, date_end: to } = env.row(SELLER, line);
    if (typeof variant === 'number' && variant !== product) return false;
    if ((typeof from === 'string' && from > env.today) || (typeof to === 'string' && to < env.today)) return false;
    if (quantity === undefined) return true;
    const unit = env.version === 14 ? own : env.id(SELLER, line, unitField(env));
    return converted(env, quantity, own, unit) >= env.number(SELLER, line, 'min_qty');
  });
}

/** Who sells, by a vendor line; the field was `name` up to Odoo 15. */
export function partnerOf(env: Env, line: number): number {
  return env.number(SELLER, line, env.version === 14 ? 'name' : 'partner_id');
}
