import { z } from 'zod';
import type { OdooClient } from '../../odoo/client.ts';
import type { SupplyKind } from '../supply.ts';
import { RequiredMany2one, readForValues } from './answers.ts';

const RULE = {
  model: 'stock.rule',
  fields: ['route_id', 'action'],
  row: z.object({ id: z.number(), route_id: RequiredMany2one, action: z.string() }),
} as const;

/** What each route does, of making and buying: its active rules say so, in every version. */
export async function readRouteKinds(client: OdooClient, routes: readonly number[]): Promise<Map<number, Set<SupplyKind>>> {
  const kinds = new Map<number, Set<SupplyKind>>();
  const rows = await readForValues(client, RULE, routes, (ids) => [
    ['route_id', 'in', [...ids]],
    ['action', 'in', ['manufacture', 'buy']],
  ]);
  for (const { route_id, action } of rows) {
    const of = kinds.get(route_id) ?? new Set();
    if (action === 'manufacture' || action === 'buy') of.add(action);
    kinds.set(route_id, of);
  }
  return kinds;
}

/** The one kind that a product's routes name; undefined where they name both or neither. */
export function routedKind(
  routes: readonly number[],
  kinds: ReadonlyMap<number, ReadonlySet<SupplyKind>>,
): SupplyKind | undefined {
  const named = new Set(routes.flatMap((route) => [...(kinds.get(route) ?? [])]));
  return named.size === 1 ? [...named][0] : undefined;
}
