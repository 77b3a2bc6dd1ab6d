import { z } from 'zod';
import type { OdooClient } from '../../odoo/client.ts';
import type { Warehouse } from '../master-view.ts';
import { grouped, Many2one, readAll } from './answers.ts';

const WAREHOUSE = {
  model: 'stock.warehouse',
  fields: ['code', 'company_id', 'lot_stock_id'],
  row: z.object({ id: z.number(), code: z.string(), company_id: Many2one, lot_stock_id: Many2one }),
} as const;

/** All active warehouses by their code: a database has some dozens, so they are read whole. */
export async function readWarehouses(client: OdooClient): Promise<Map<string, Warehouse[]>> {
  const rows = await readAll(client, WAREHOUSE, []);
  const warehouses = rows.map((row) => ({
    id: row.id,
    code: row.code.trim(),
    company: row.company_id,
    stockLocation: row.lot_stock_id,
  }));
  return grouped(warehouses, (warehouse) => warehouse.code);
}
