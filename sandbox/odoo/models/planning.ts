import { boolean, date, float, integer, type ModelData, many2one, one2many, selection } from '../fields.ts';

/**
 * What a plain Odoo lacks: OCA's demand estimates and Enterprise's master production schedule, with those of their documented
 * fields that Planbridge uses.
 */
export const planningModels: Readonly<Record<string, ModelData>> = {
  'stock.demand.estimate': {
    name: 'Stock Demand Estimate Line',
    app: 'planning',
    fields: {
      active: boolean('Active', { default: true }),
      product_id: many2one('Product', 'product.product', { required: true }),
      location_id: many2one('Location', 'stock.location', { required: true }),
      company_id: many2one('Company', 'res.company', { required: true }),
      manual_date_from: date('From'),
      manual_date_to: date('To'),
      date_from: date('From (computed)', { readonly: true, related: 'manual_date_from', store: true }),
      date_to: date('To (computed)', { readonly: true, related: 'manual_date_to', store: true }),
      product_uom: many2one('Unit of measure', 'uom.uom'),
      product_uom_qty: float('Quantity', { digits: 2 }),
      product_qty: float('Quantity (Product UoM)', { readonly: true, related: 'product_uom_qty', store: true }),
    },
  },
  'mrp.production.schedule': {
    name: 'Schedule the production of Product in a warehouse',
    app: 'planning',
    order: 'warehouse_id, id',
    nameField: 'product_id',
    fields: {
      product_id: many2one('Product', 'product.product', { required: true }),
      warehouse_id: many2one('Production Warehouse', 'stock.warehouse', { required: true }),
      company_id: many2one('Company', 'res.company'),
      forecast_ids: one2many('Forecasted quantity at date', 'mrp.product.forecast', 'production_schedule_id'),
      forecast_target_qty: float('Safety Stock Target'),
      min_to_replenish_qty: float('Minimum to Replenish'),
      max_to_replenish_qty: float('Maximum to Replenish', { default: 1000 }),
      replenish_trigger: selection(
        'Replenishment Trigger',
        [
          ['manual', 'Manual'],
          ['automated', 'Automatic'],
          ['never', 'Never'],
        ],
        { required: true, default: 'manual' },
      ),
      mps_sequence: integer('Sequence', { default: 10 }),
    },
  },
  'mrp.product.forecast': {
    name: 'Product Forecast at Date',
    app: 'planning',
    order: 'date',
    nameField: 'date',
    fields: {
      production_schedule_id: many2one('Production Schedule', 'mrp.production.schedule', { required: true, ondelete: 'cascade' }),
      date: date('Date', { required: true }),
      forecast_qty: float('Demand Forecast', { digits: 2 }),
      replenish_qty: float('To Replenish', { digits: 2 }),
      replenish_qty_updated: boolean('Replenish Quantity Updated'),
      procurement_launched: boolean('Procurement Launched'),
    },
  },
};
