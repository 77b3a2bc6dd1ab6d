import { z } from 'zod';
import type { OdooClient } from '../../odoo/client.ts';
import type { CompanyDays } from '../supply.ts';
import { OptionalNumber, readAll } from './answers.ts';

const COMPANY = {
  model: 'res.company',
  fields: ['id'],
  // manufacturing_lead and po_lead went with Odoo 19; days_to_purchase is there from 14.
  fieldsWherePresent: ['manufacturing_lead', 'po_lead', 'days_to_purchase'],
  row: z.object({
    id: z.number(),
    manufacturing_lead: OptionalNumber,
    po_lead: OptionalNumber,
    days_to_purchase: OptionalNumber,
  }),
} as const;

/** The days that each company adds to whatever it makes or buys, as Odoo's own lead times count them. */
export async function readCompanies(client: OdooClient, ids: readonly number[]): Promise<Map<number, CompanyDays>> {
  const rows = ids.length > 0 ? await readAll(client, COMPANY, [['id', 'in', [...ids]]]) : [];
  return new Map(rows.map((row) => [row.id, { manufacture: row.manufacturing_lead, buy: row.po_lead + row.days_to_purchase }]));
}
