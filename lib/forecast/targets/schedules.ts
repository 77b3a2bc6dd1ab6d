import { z } from 'zod';
import { PERIOD_KINDS, type PeriodKind } from '../../canonical/period.ts';
import type { OdooClient } from '../../odoo/client.ts';
import { ForecastError } from '../errors.ts';
import { grouped, RequiredMany2one, readAll, readForValues } from '../master-data/answers.ts';
import type { Schedule } from './master-production-schedule.ts';
import type { Wanted } from './wanted.ts';

const SCHEDULE = {
  model: 'mrp.production.schedule',
  fields: ['product_id', 'warehouse_id'],
  row: z.object({ id: z.number(), product_id: RequiredMany2one, warehouse_id: RequiredMany2one }),
} as const;

const FORECAST = {
  model: 'mrp.product.forecast',
  fields: ['production_schedule_id', 'date'],
  row: z.object({ id: z.number(), production_schedule_id: RequiredMany2one, date: z.string() }),
} as const;

const COMPANY = {
  model: 'res.company',
  fields: ['name', 'manufacturing_period'],
  row: z.object({ id: z.number(), name: z.string(), manufacturing_period: z.string() }),
} as const;

/** The schedules of the products that are wanted, with the days on which something is forecast in them: two look-ups for all. */
export async function readSchedules(
  client: OdooClient,
  wanted: readonly Wanted[],
): Promise<(wanted: Wanted) => Schedule | undefined> {
  const products = [...new Set(wanted.map(({ variant }) => variant.id))];
  const rows = await readForValues(client, SCHEDULE, products, (ids) => [['product_id', 'in', [...ids]]]);
  const ids = rows.map(({ id }) => id);
  const forecasts = await readForValues(client, FORECAST, ids, (some) => [['production_schedule_id', 'in', [...some]]]);
  const bySchedule = grouped(forecasts, (row) => row.production_schedule_id);
  const keyOf = (product: number, warehouse: number) => `${product} ${warehouse}`;
  const schedules = new Map(
    rows.map(({ id, product_id, warehouse_id }) => [
      keyOf(product_id, warehouse_id),
      { id, dates: (bySchedule.get(id) ?? []).map(({ date }) => date) },
    ]),
  );
  return ({ variant, warehouse }) => schedules.get(keyOf(variant.id, warehouse.id));
}

/**
 * The period in which each company keeps its schedule.
 * @throws ForecastError `settings` for one that a forecast is not summed to, such as years
 */
export async function readManufacturingPeriods(
  client: OdooClient,
  companies: readonly number[],
): Promise<(company: number | undefined) => PeriodKind> {
  const rows = companies.length > 0 ? await readAll(client, COMPANY, [['id', 'in', [...companies]]]) : [];
  const periods = new Map<number, PeriodKind>();
  for (const { id, name, manufacturing_period: period } of rows) {
    const kind = PERIOD_KINDS.find((one) => one === period);
    if (!kind)
      throw new ForecastError(
        'settings',
        `${name} keeps its master production schedule by "${period}". Set day, week or month in the settings of Manufacturing.`,
      );
    periods.set(id, kind);
  }
  return (company) => periods.get(company ?? 0) ?? 'month';
}
