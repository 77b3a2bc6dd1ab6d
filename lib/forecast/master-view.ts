import type { CompanyDays, Supply, SupplyFacts } from './supply.ts';
import { supplyOf } from './supply.ts';
import { type Conversion, conversion, type Unit, type UnitAnswer, type UnitList, unitFor } from './units.ts';

/** How a line names its product: internal reference, barcode, or external id. */
export const PRODUCT_KEYS = ['default_code', 'barcode', 'external_id'] as const;
export type ProductKey = (typeof PRODUCT_KEYS)[number];

/** A product variant of Odoo's as far as a forecast needs it. */
export type Product = SupplyFacts & {
  /** Id of the `product.product`. */
  readonly id: number;
  readonly template: number;
  readonly active: boolean;
  readonly company: number | undefined;
  /** Id of its own unit. */
  readonly unit: number;
  /** The complete name of its category, such as `All / Saleable / Office Furniture`; blank where it has none. */
  readonly group: string;
};

export type Warehouse = {
  readonly id: number;
  readonly code: string;
  readonly company: number | undefined;
  readonly stockLocation: number | undefined;
};

/** What was read from Odoo, as plain data: products by reference, warehouses by code, units, and companies' own days. */
export type MasterFacts = {
  readonly productKey: ProductKey;
  readonly products: ReadonlyMap<string, readonly Product[]>;
  readonly warehouses: ReadonlyMap<string, readonly Warehouse[]>;
  readonly units: UnitList;
  readonly companies: ReadonlyMap<number, CompanyDays>;
};

export type ProductAnswer =
  | { readonly is: 'one'; readonly product: Product; readonly unit: Unit | undefined }
  | { readonly is: 'unknown' }
  | { readonly is: 'ambiguous'; readonly count: number }
  | { readonly is: 'archived' };

export type WarehouseAnswer =
  | { readonly is: 'one'; readonly warehouse: Warehouse }
  | { readonly is: 'unknown' }
  | { readonly is: 'several'; readonly count: number };

/** Everything that master data says about one combination of product, place and unit. */
export type Standing = {
  readonly product: ProductAnswer;
  readonly warehouse: WarehouseAnswer;
  /** Undefined where the line names no unit or its product is not known: then the product's own is meant. */
  readonly unit: UnitAnswer | undefined;
  /** From the line's unit to the product's own; undefined where nothing changes. */
  readonly conversion: Conversion | undefined;
  /** Undefined where the product or the place is not known. */
  readonly supply: Supply | undefined;
};

/** What rules and targets ask; every answer is worked out once a combination and kept. */
export type MasterView = {
  readonly productKey: ProductKey;
  standing(product: string, location: string, unit: string | undefined): Standing;
};

const NO_DAYS: CompanyDays = { manufacture: 0, buy: 0 };

/** A view of master data on the day `today` (`YYYY-MM-DD`, decides which supplier lines are in date). */
export function masterView(facts: MasterFacts, today: string): MasterView {
  const known = new Map<string, Standing>();
  return {
    productKey: facts.productKey,
    standing(product, location, unit) {
      const key = `${product}\u0000${location}\u0000${unit ?? ''}`;
      let standing = known.get(key);
      if (!standing) {
        standing = standingOf(facts, product, location, unit, today);
        known.set(key, standing);
      }
      return standing;
    },
  };
}

function standingOf(facts: MasterFacts, reference: string, code: string, unitName: string | undefined, today: string): Standing {
  const warehouse = warehouseFor(facts, code);
  const company = warehouse.is === 'one' ? warehouse.warehouse.company : undefined;
  const product = productFor(facts, reference, company);
  if (product.is !== 'one') return { product, warehouse, unit: undefined, conversion: undefined, supply: undefined };
  const unit = unitName === undefined ? undefined : unitFor(facts.units, unitName, product.unit);
  const converted = unit?.is === 'convertible' && product.unit ? conversion(unit.unit, product.unit) : undefined;
  const days = (company === undefined ? undefined : facts.companies.get(company)) ?? NO_DAYS;
  const supply = warehouse.is === 'one' ? supplyOf(product.product, company, days, today) : undefined;
  return { product, warehouse, unit, conversion: converted, supply };
}

/** Archived products do not make an active one ambiguous, nor do those of a company that the warehouse is not of. */
function productFor(facts: MasterFacts, reference: string, company: number | undefined): ProductAnswer {
  const named = (facts.products.get(reference) ?? []).filter(
    (candidate) => candidate.company === undefined || company === undefined || candidate.company === company,
  );
  const active = named.filter((candidate) => candidate.active);
  const product = active[0];
  if (!product) return named.length > 0 ? { is: 'archived' } : { is: 'unknown' };
  return active.length > 1
    ? { is: 'ambiguous', count: active.length }
    : { is: 'one', product, unit: facts.units.byId.get(product.unit) };
}

/** A code is unique within a company only. */
function warehouseFor(facts: MasterFacts, code: string): WarehouseAnswer {
  const named = facts.warehouses.get(code) ?? [];
  const warehouse = named[0];
  if (!warehouse) return { is: 'unknown' };
  return named.length > 1 ? { is: 'several', count: named.length } : { is: 'one', warehouse };
}
