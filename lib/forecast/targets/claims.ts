import { z } from 'zod';
import type { OdooClient } from '../../odoo/client.ts';
import type { Domain } from '../../odoo/domain.ts';
import { grouped, OptionalText, RequiredMany2one, readForValues } from '../master-data/answers.ts';
import { ORDER_KEY, placeOfKey } from './draft-orders.ts';
import { TARGETS, type Target } from './target.ts';
import type { Wanted } from './wanted.ts';

/** What stands in Odoo for a product in one target: where, and what people see it as. */
type Claim = { readonly product: number; readonly at: (wanted: Wanted) => boolean; readonly what: string };

type Reading = { readonly client: OdooClient; readonly products: readonly number[]; readonly today: string };

/** How each target tells which products it plans already; one look-up for all of them. */
const CLAIMS: Readonly<Record<Target, (reading: Reading) => Promise<Claim[]>>> = {
  'reordering-rules': async ({ client, products }) => {
    const rows = await readForValues(client, RULE, products, (ids) => [
      ['product_id', 'in', [...ids]],
      ['product_max_qty', '>', 0],
    ]);
    return rows.map((row) => ({
      product: row.product_id,
      at: ({ warehouse }) => warehouse.id === row.warehouse_id,
      what: `the reordering rule ${row.name}`,
    }));
  },

  'draft-orders': async ({ client, products }) => [
    ...(await claimedByProduction(client, products)),
    ...(await claimedByPurchase(client, products)),
  ],

  'demand-estimates': async ({ client, products, today }) => {
    const rows = await readForValues(client, ESTIMATE, products, (ids) => [
      ['product_id', 'in', [...ids]],
      ['date_to', '>=', today],
      ['product_uom_qty', '!=', 0],
    ]);
    return rows.map((row) => ({
      product: row.product_id,
      at: ({ warehouse }) => warehouse.stockLocation === row.location_id,
      what: `a demand estimate up to ${row.date_to}`,
    }));
  },

  'master-production-schedule': async ({ client, products }) => {
    // From 17.4 a schedule may be one by which nothing is replenished.
    const replenishes: Domain = (await (await client.profile()).hasField(SCHEDULE.model, 'replenish_trigger'))
      ? [['replenish_trigger', '!=', 'never']]
      : [];
    const rows = await readForValues(client, SCHEDULE, products, (ids) => [['product_id', 'in', [...ids]], ...replenishes]);
    return rows.map((row) => ({
      product: row.product_id,
      at: ({ warehouse }) => warehouse.id === row.warehouse_id,
      what: 'a master production schedule',
    }));
  },
};

const RULE = {
  model: 'stock.warehouse.orderpoint',
  fields: ['name', 'product_id', 'warehouse_id'],
  row: z.object({ id: z.number(), name: z.string(), product_id: RequiredMany2one, warehouse_id: RequiredMany2one }),
} as const;

const ESTIMATE = {
  model: 'stock.demand.estimate',
  fields: ['product_id', 'location_id', 'date_to'],
  row: z.object({ id: z.number(), product_id: RequiredMany2one, location_id: RequiredMany2one, date_to: OptionalText }),
} as const;

const SCHEDULE = {
  model: 'mrp.production.schedule',
  fields: ['product_id', 'warehouse_id'],
  row: z.object({ id: z.number(), product_id: RequiredMany2one, warehouse_id: RequiredMany2one }),
} as const;

const PRODUCTION = {
  model: 'mrp.production',
  fields: ['name', 'origin', 'product_id'],
  row: z.object({ id: z.number(), name: OptionalText, origin: z.string(), product_id: RequiredMany2one }),
} as const;

const ORDER_LINE = {
  model: 'purchase.order.line',
  fields: ['order_id', 'product_id'],
  row: z.object({ id: z.number(), order_id: RequiredMany2one, product_id: RequiredMany2one }),
} as const;

const ORDER = {
  model: 'purchase.order',
  fields: ['name', 'origin'],
  row: z.object({ id: z.number(), name: z.string(), origin: z.string() }),
} as const;

/** Only our own orders are looked for: what people order themselves is no target of a forecast. */
const OURS = `${ORDER_KEY}%`;

async function claimedByProduction(client: OdooClient, products: readonly number[]): Promise<Claim[]> {
  if (!(await client.profile()).hasModel(PRODUCTION.model)) return [];
  const rows = await readForValues(client, PRODUCTION, products, (ids) => [
    ['product_id', 'in', [...ids]],
    ['origin', '=like', OURS],
    ['state', '=', 'draft'],
  ]);
  return rows.map((row) => ({
    product: row.product_id,
    at: ({ location }) => location === placeOfKey(row.origin),
    what: `the draft manufacturing order ${row.name ?? row.origin}`,
  }));
}

async function claimedByPurchase(client: OdooClient, products: readonly number[]): Promise<Claim[]> {
  if (!(await client.profile()).hasModel(ORDER.model)) return [];
  const lines = await readForValues(client, ORDER_LINE, products, (ids) => [
    ['product_id', 'in', [...ids]],
    ['order_id.origin', '=like', OURS],
    ['order_id.state', 'in', ['draft', 'sent']],
    ['product_qty', '>', 0],
  ]);
  const ids = [...new Set(lines.map((line) => line.order_id))];
  const orders = new Map(
    (await readForValues(client, ORDER, ids, (some) => [['id', 'in', [...some]]])).map((order) => [order.id, order]),
  );
  return lines.flatMap((line) => {
    const order = orders.get(line.order_id);
    if (!order) return [];
    const place = placeOfKey(order.origin);
    return [
      {
        product: line.product_id,
        at: ({ location }: Wanted) => location === place,
        what: `the draft purchase order ${order.name}`,
      },
    ];
  });
}

const MODELS: Readonly<Record<Exclude<Target, 'draft-orders'>, string>> = {
  'reordering-rules': RULE.model,
  'demand-estimates': ESTIMATE.model,
  'master-production-schedule': SCHEDULE.model,
};

/**
 * Tells which of the products that are wanted at a place are planned there by another target than this one, and by what.
 * One look-up a target, for all products together.
 * @param today the run's date, `YYYY-MM-DD`: what lies before it claims nothing any more
 */
export async function claimedElsewhere(
  client: OdooClient,
  target: Target,
  wanted: readonly Wanted[],
  today: string,
): Promise<(wanted: Wanted) => string | undefined> {
  const profile = await client.profile();
  const products = [...new Set(wanted.map(({ variant }) => variant.id))];
  const others = TARGETS.filter((other) => other !== target && (other === 'draft-orders' || profile.hasModel(MODELS[other])));
  const claims = (await Promise.all(others.map((other) => CLAIMS[other]({ client, products, today })))).flat();
  const byProduct = grouped(claims, ({ product }) => product);
  return (one) => byProduct.get(one.variant.id)?.find(({ at }) => at(one))?.what;
}
