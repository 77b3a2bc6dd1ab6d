import { z } from 'zod';
import type { DemandEstimate } from '../../canonical/demand-estimate.ts';
import type { OdooClient } from '../../odoo/client.ts';
import { dayNumber, dayText } from '../days.ts';
import { grouped, RequiredMany2one, readForValues } from '../master-data/answers.ts';
import type { Wanted } from './wanted.ts';

const ESTIMATE = {
  model: 'stock.demand.estimate',
  fields: ['product_id', 'location_id', 'date_from', 'date_to'],
  row: z.object({
    id: z.number(),
    product_id: RequiredMany2one,
    location_id: RequiredMany2one,
    date_from: z.string(),
    date_to: z.string(),
  }),
} as const;

/**
 * Tells which estimate in Odoo overlaps those that are about to be written for a product at a place, and has other dates than
 * they: it would be counted beside them. One look-up for all.
 */
export async function overlappingEstimate(
  client: OdooClient,
  wanted: readonly Wanted[],
  estimates: readonly DemandEstimate[],
): Promise<(wanted: Wanted) => string | undefined> {
  const products = [...new Set(wanted.map(({ variant }) => variant.id))];
  if (estimates.length === 0) return () => undefined;
  const begin = dayText(estimates.reduce((first, { from }) => Math.min(first, dayNumber(from)), Number.POSITIVE_INFINITY));
  const rows = await readForValues(client, ESTIMATE, products, (ids) => [
    ['product_id', 'in', [...ids]],
    ['date_to', '>=', begin],
    ['product_uom_qty', '!=', 0],
  ]);
  const held = grouped(rows, (row) => row.product_id);
  const made = grouped(estimates, ({ product, location }) => JSON.stringify([product, location]));
  return ({ product, location, variant, warehouse }) => {
    const ours = made.get(JSON.stringify([product, location])) ?? [];
    const clash = held
      .get(variant.id)
      ?.filter((row) => row.location_id === warehouse.stockLocation)
      .find(({ date_from, date_to }) => {
        const overlapped = ours.filter(({ from, to }) => from <= date_to && date_from <= to);
        return overlapped.some(({ from, to }) => from !== date_from || to !== date_to);
      });
    return clash && `the demand estimate from ${clash.date_from} to ${clash.date_to}`;
  };
}
