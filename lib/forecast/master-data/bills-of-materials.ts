import { z } from 'zod';
import type { OdooClient } from '../../odoo/client.ts';
import type { BillOfMaterials } from '../supply.ts';
import { grouped, Many2one, OptionalNumber, RequiredMany2one, readForValues } from './answers.ts';

const BOM = {
  model: 'mrp.bom',
  fields: ['product_id', 'product_tmpl_id', 'type', 'company_id', 'sequence'],
  // On the product up to Odoo 16, on the BoM from 17 on.
  fieldsWherePresent: ['produce_delay', 'days_to_prepare_mo'],
  row: z.object({
    id: z.number(),
    product_id: Many2one,
    product_tmpl_id: RequiredMany2one,
    type: z.string(),
    company_id: Many2one,
    sequence: z.union([z.number(), z.literal(false)]).transform(Number),
    produce_delay: OptionalNumber,
    days_to_prepare_mo: OptionalNumber,
  }),
} as const;

/** Active bills of materials by template, those of single variants among them; none where manufacturing is not installed. */
export async function readBillsOfMaterials(
  client: OdooClient,
  templates: readonly number[],
): Promise<Map<number, BillOfMaterials[]>> {
  if (!(await client.profile()).hasModel('mrp.bom')) return new Map();
  const rows = await readForValues(client, BOM, templates, (ids) => [['product_tmpl_id', 'in', [...ids]]]);
  const groups = grouped(rows, (row) => row.product_tmpl_id);
  return new Map([...groups].map(([template, boms]) => [template, boms.map(billOfMaterials)]));
}

function billOfMaterials(row: z.output<typeof BOM.row>): BillOfMaterials {
  return {
    id: row.id,
    variant: row.product_id,
    kind: row.type,
    company: row.company_id,
    sequence: row.sequence,
    leadDays: row.produce_delay + row.days_to_prepare_mo,
  };
}
