import { converted } from '../behaviour/units.ts';
import type { Env } from '../env.ts';

const BOM = 'mrp.bom';

/** The bill of materials of a variant: its own before its template's, then by sequence. Archived ones do not count. */
export function bomOf(env: Env, product: number, type?: 'normal' | 'phantom'): number | undefined {
  const template = env.id('product.product', product, 'product_tmpl_id');
  const boms = env
    .with({ active_test: true })
    .search(
      BOM,
      [['product_tmpl_id', '=', template], ['product_id', 'in', [product, false]], ...(type ? [['type', '=', type]] : [])],
      { order: 'sequence, product_id, id' },
    );
  return boms[0];
}

export type Component = { readonly product: number; readonly quantity: number; readonly unit: number; readonly line: number };

/** What a quantity of a product takes, kits within it taken apart. */
export function components(env: Env, bom: number, quantity: number): Component[] {
  const factor = quantity / (env.number(BOM, bom, 'product_qty') || 1);
  return env.ids(BOM, bom, 'bom_line_ids').flatMap((line): Component[] => {
    const product = env.number('mrp.bom.line', line, 'product_id');
    const unit = env.number('mrp.bom.line', line, 'product_uom_id');
    const needed = Number((env.number('mrp.bom.line', line, 'product_qty') * factor).toFixed(6));
    const kit = bomOf(env, product, 'phantom');
    if (kit === undefined) return [{ product, quantity: needed, unit, line }];
    return components(env, kit, converted(env, needed, unit, env.number(BOM, kit, 'product_uom_id')));
  });
}
