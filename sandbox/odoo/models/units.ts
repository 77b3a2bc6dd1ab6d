import { boolean, char, float, integer, type ModelData, many2one, one2many, selection } from '../fields.ts';

export const unitsModels: Readonly<Record<string, ModelData>> = {
  'uom.category': {
    name: 'Product UoM Categories',
    only: 14,
    order: 'name',
    fields: {
      name: char('Unit of Measure Category', { required: true }),
    },
  },
  'uom.uom': {
    name: 'Product Unit of Measure',
    order: { 19: 'sequence, relative_uom_id, id', 14: 'name' },
    fields: {
      name: char('Unit Name', { required: true }),
      sequence: integer('Sequence', { only: 19, default: 10 }),
      active: boolean('Active', { default: true }),
      category_id: many2one('Category', 'uom.category', { only: 14, required: true }),
      uom_type: selection(
        'Type',
        [
          ['bigger', 'Bigger than the reference Unit of Measure'],
          ['reference', 'Reference Unit of Measure for this category'],
          ['smaller', 'Smaller than the reference Unit of Measure'],
        ],
        { only: 14, required: true, default: 'reference' },
      ),
      relative_uom_id: many2one('Reference Unit', 'uom.uom', { only: 19 }),
      related_uom_ids: one2many('Related UoMs', 'uom.uom', 'relative_uom_id', { only: 19 }),
      relative_factor: float('Contains', { only: 19, required: true, default: 1 }),
      factor: float('Absolute Quantity', { readonly: true, default: 1, computed: true, store: true }),
      factor_inv: float('Bigger Ratio', { only: 14, required: true, readonly: true, computed: true }),
      rounding: float('Rounding Precision', { required: 14, readonly: true, default: 0.01 }),
      parent_path: char('Parent Path', { only: 19, computed: true, store: true }),
    },
  },
};
