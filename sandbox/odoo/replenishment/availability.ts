import type { Env } from '../env.ts';

/** The states of a move that still counts towards what is to come. */
const OPEN = new Set(['waiting', 'confirmed', 'assigned', 'partially_available']);

export type Availability = {
  readonly qty_available: number;
  readonly incoming_qty: number;
  readonly outgoing_qty: number;
  readonly virtual_available: number;
};

/**
 * What is on hand of a variant and what moves will bring and take, in its own unit: in the location or warehouse that the
 * context names, else in all warehouses, up to the context's `to_date`.
 */
export function availability(env: Env, product: number, context = env.context): Availability {
  const inside = placesOf(env, context);
  const until = typeof context.to_date === 'string' ? context.to_date : undefined;
  let onHand = 0;
  for (const id of env.store.table('stock.quant').having('product_id', product)) {
    const quant = env.row('stock.quant', id);
    if (inside.has(Number(quant.location_id))) onHand += Number(quant.quantity);
  }
  let incoming = 0;
  let outgoing = 0;
  for (const id of env.store.table('stock.move').having('product_id', product)) {
    const move = env.row('stock.move', id);
    if (!OPEN.has(String(move.state)) || (until !== undefined && String(move.date) > until)) continue;
    const from = inside.has(Number(move.location_id));
    const to = inside.has(Number(move.location_dest_id));
    if (from === to) continue;
    const quantity = env.number('stock.move', id, 'product_qty');
    if (to) incoming += quantity;
    else outgoing += quantity;
  }
  const exact = (quantity: number) => Number(quantity.toFixed(6));
  return {
    qty_available: exact(onHand),
    incoming_qty: exact(incoming),
    outgoing_qty: exact(outgoing),
    virtual_available: exact(onHand + incoming - outgoing),
  };
}

function placesOf(env: Env, context: Readonly<Record<string, unknown>>): Set<number> {
  const ids = (value: unknown) => (Array.isArray(value) ? value : [value]).map(Number);
  const warehouse = context.warehouse_id ?? context.warehouse;
  const views = warehouse
    ? ids(warehouse).map((id) => env.id('stock.warehouse', id, 'view_location_id'))
    : [...env.store.table('stock.warehouse').rows.keys()].map((id) => env.id('stock.warehouse', id, 'view_location_id'));
  return under(env, context.location ? ids(context.location) : views.filter((id) => id !== undefined));
}

/** Locations and all that lie under them. */
export function under(env: Env, locations: readonly number[]): Set<number> {
  const found = new Set<number>();
  const queue = [...locations];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    queue.push(...env.store.table('stock.location').having('location_id', id));
  }
  return found;
}
