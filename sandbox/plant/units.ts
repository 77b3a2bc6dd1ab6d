import type { Seed } from './seed.ts';

/** Units, Dozens, kg and g. From 19 on a unit is relative to another; before, units lie in a category. */
export function seedUnits({ record, version }: Seed): void {
  for (const name of version === 14
    ? ['Product Unit of Measure', 'Product Price', 'Stock Weight']
    : ['Product Unit', 'Product Price', 'Stock Weight'])
    record(`precision_${name.toLowerCase().replaceAll(' ', '_')}`, 'decimal.precision', { name, digits: 2 });
  if (version === 14) {
    record('category_unit', 'uom.category', { name: 'Unit' });
    record('category_weight', 'uom.category', { name: 'Weight' });
    const unit = { category_id: '@category_unit', rounding: 0.01 };
    const weight = { category_id: '@category_weight', rounding: 0.01 };
    record('unit', 'uom.uom', { ...unit, name: 'Units', uom_type: 'reference', factor_inv: 1 });
    record('dozen', 'uom.uom', { ...unit, name: 'Dozens', uom_type: 'bigger', factor_inv: 12 });
    record('kg', 'uom.uom', { ...weight, name: 'kg', uom_type: 'reference', factor_inv: 1 });
    record('g', 'uom.uom', { ...weight, name: 'g', uom_type: 'smaller', factor: 1000 });
    return;
  }
  record('unit', 'uom.uom', { name: 'Units', sequence: 100 });
  record('dozen', 'uom.uom', { name: 'Dozens', relative_uom_id: '@unit', relative_factor: 12, sequence: 110 });
  record('g', 'uom.uom', { name: 'g', sequence: 10 });
  record('kg', 'uom.uom', { name: 'kg', relative_uom_id: '@g', relative_factor: 1000, sequence: 20 });
}
