import type { Seed } from './seed.ts';

const STOCK: readonly (readonly [string, 'wh' | 'wh2', number])[] = [
  ['bike_city', 'wh', 12],
  ['bike_city', 'wh2', 4],
  ['bike_trek', 'wh', 6],
  ['wheel_28', 'wh', 40],
  ['frame_city', 'wh', 25],
  ['tyre_28', 'wh', 120],
  ['tyre_28', 'wh2', 60],
  ['rim_28', 'wh', 80],
  ['spoke', 'wh', 4000],
  ['chain', 'wh', 30],
  ['lamp', 'wh', 90],
  ['grease', 'wh', 7.5],
  ['saddle_black', 'wh', 35],
  ['saddle_brown', 'wh2', 20],
  ['poster', 'wh', 3],
];

/** What lies in the two warehouses. */
export function seedStock({ record }: Seed): void {
  for (const [product, warehouse, quantity] of STOCK)
    record(`quant_${product}_${warehouse}`, 'stock.quant', {
      product_id: `@${product}`,
      location_id: `@${warehouse}_stock`,
      quantity,
    });
}
