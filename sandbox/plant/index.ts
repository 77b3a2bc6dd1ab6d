import { ADMIN, type Database } from '../odoo/calling.ts';
import { Env } from '../odoo/env.ts';
import { seedBillsOfMaterials } from './bills-of-materials.ts';
import { seedCompany } from './company.ts';
import { seedOrders } from './orders.ts';
import { seedProducts } from './products.ts';
import { seedOf } from './seed.ts';
import { seedStock } from './stock.ts';
import { seedSuppliers } from './suppliers.ts';
import { seedUnits } from './units.ts';
import { seedWarehouses } from './warehouses.ts';

/** Fills an empty database with a small bicycle plant, its orders dated around a day. */
export function seedPlant({ schema, store }: Database, today: Date): void {
  const seed = seedOf(new Env(schema, store, ADMIN, {}, today));
  seedCompany(seed);
  seedUnits(seed);
  seedWarehouses(seed);
  seedProducts(seed);
  seedBillsOfMaterials(seed);
  seedSuppliers(seed);
  seedStock(seed);
  seedOrders(seed);
}
