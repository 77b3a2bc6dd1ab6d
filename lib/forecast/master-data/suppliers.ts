import { z } from 'zod';
import type { OdooClient } from '../../odoo/client.ts';
import { and, type Domain } from '../../odoo/domain.ts';
import type { SupplierLine } from '../supply.ts';
import { grouped, Many2one, OptionalNumber, OptionalText, readForValues } from './answers.ts';

const SUPPLIER = {
  model: 'product.supplierinfo',
  fields: ['product_id', 'product_tmpl_id', 'company_id', 'sequence', 'min_qty', 'price', 'date_start', 'date_end', 'delay'],
  // The supplier is `name` up to Odoo 15, `partner_id` from 16 on.
  fieldsWherePresent: ['partner_id', 'name'],
  row: z.object({
    id: z.number(),
    partner_id: Many2one.optional(),
    name: Many2one.optional().catch(undefined),
    product_id: Many2one,
    product_tmpl_id: Many2one,
    company_id: Many2one,
    sequence: z.union([z.number(), z.literal(false)]).transform(Number),
    min_qty: OptionalNumber,
    price: OptionalNumber,
    date_start: OptionalText,
    date_end: OptionalText,
    delay: OptionalNumber,
  }),
} as const;

/**
 * Lines of `product.supplierinfo` by template, whatever their dates: which of them are in date is asked each run.
 * @param approved what else makes a supplier an approved one; empty where every line does
 */
export async function readSuppliers(
  client: OdooClient,
  templates: readonly number[],
  approved: Domain,
): Promise<Map<number, SupplierLine[]>> {
  const rows = await readForValues(client, SUPPLIER, templates, (ids) => and([['product_tmpl_id', 'in', [...ids]]], approved));
  const groups = grouped(rows, (row) => row.product_tmpl_id ?? 0);
  return new Map([...groups].map(([template, lines]) => [template, lines.map(supplierLine)]));
}

function supplierLine(row: z.output<typeof SUPPLIER.row>): SupplierLine {
  return {
    id: row.id,
    partner: row.partner_id ?? row.name ?? 0,
    variant: row.product_id,
    company: row.company_id,
    sequence: row.sequence,
    leastQuantity: row.min_qty,
    price: row.price,
    from: row.date_start,
    to: row.date_end,
    leadDays: row.delay,
  };
}
