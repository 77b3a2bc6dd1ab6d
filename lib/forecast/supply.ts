/** A bill of materials as far as supply needs it. Odoo's kinds: `normal` makes, `phantom` is a kit, `subcontract` is bought. */
export type BillOfMaterials = {
  readonly id: number;
  /** The one variant that it makes; undefined = every variant of the template. */
  readonly variant: number | undefined;
  readonly kind: string;
  /** The company it is for; undefined = every company. */
  readonly company: number | undefined;
  readonly sequence: number;
  /** Days to make it, and to get ready: from the BoM (Odoo 17 and later). */
  readonly leadDays: number;
};

/** A line of `product.supplierinfo`: in Odoo, that it stands there and is in date is the approval. */
export type SupplierLine = {
  readonly id: number;
  /** Id of the supplier's `res.partner`. */
  readonly partner: number;
  readonly variant: number | undefined;
  readonly company: number | undefined;
  readonly sequence: number;
  readonly leastQuantity: number;
  readonly price: number;
  /** First and last day (inclusive) on which it holds, as `YYYY-MM-DD`. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly leadDays: number;
};

/** Days that a company adds to every order, whatever the product. */
export type CompanyDays = { readonly manufacture: number; readonly buy: number };

export type SupplyKind = 'manufacture' | 'buy';

/** Where a product's supply comes from, and after how many whole days at the latest. */
export type Supply =
  | { readonly kind: 'manufacture'; readonly leadDays: number /** Id of its BoM. */; readonly bom: number }
  | { readonly kind: 'buy'; readonly leadDays: number /** Id of the supplier's `res.partner`. */; readonly partner: number }
  | { readonly kind: 'none'; readonly why: 'no-source' | 'kit' | 'supplier-out-of-date'; readonly leadDays: 0 };

export type SupplyFacts = {
  readonly variant: number;
  readonly boms: readonly BillOfMaterials[];
  readonly suppliers: readonly SupplierLine[];
  /** Days to make the product, as the product itself says (Odoo 14 to 16). */
  readonly produceDays: number;
  /** What the product's own routes name, where they name only one of the two. */
  readonly routed: SupplyKind | undefined;
};

/**
 * Where a product's supply comes from for a warehouse of `company` on the day `today`.
 *
 * - A product with any kit BoM has none: its components are what is made or bought, and Odoo refuses a reordering rule
 *   on it, whatever else stands beside the kit ("A product with a kit-type bill of materials can not have a reordering
 *   rule").
 * - An active `normal` BoM for the variant (or for all variants) makes it; an in-date supplier line sells it. A
 *   `subcontract` BoM is no production of ours: it needs its supplier line like anything bought.
 * - With both, the product's own routes decide; where they do not, it is made.
 */
export function supplyOf(facts: SupplyFacts, company: number | undefined, days: CompanyDays, today: string): Supply {
  const boms = facts.boms.filter((bom) => serves(bom, facts.variant, company));
  if (boms.some((bom) => bom.kind === 'phantom')) return { kind: 'none', why: 'kit', leadDays: 0 };
  const bom = boms.filter((candidate) => candidate.kind === 'normal').sort(asOdooFinds)[0];
  const suppliers = facts.suppliers.filter((line) => serves(line, facts.variant, company));
  const supplier = suppliers.filter((line) => isInDate(line, today)).sort(asOdooChooses)[0];
  if (bom && (!supplier || facts.routed !== 'buy'))
    return { kind: 'manufacture', leadDays: wholeDays(facts.produceDays + bom.leadDays + days.manufacture), bom: bom.id };
  if (supplier) return { kind: 'buy', leadDays: wholeDays(supplier.leadDays + days.buy), partner: supplier.partner };
  return { kind: 'none', why: suppliers.length > 0 ? 'supplier-out-of-date' : 'no-source', leadDays: 0 };
}

function serves(
  source: { variant: number | undefined; company: number | undefined },
  variant: number,
  company: number | undefined,
): boolean {
  return (
    (source.variant === undefined || source.variant === variant) &&
    (source.company === undefined || company === undefined || source.company === company)
  );
}

function isInDate(line: SupplierLine, today: string): boolean {
  return (line.from === undefined || line.from <= today) && (line.to === undefined || today <= line.to);
}

/** The order in which Odoo looks for a BoM: `sequence, product_id, id`, where one of the variant's own comes before one of the template. */
function asOdooFinds(left: BillOfMaterials, right: BillOfMaterials): number {
  return (
    left.sequence - right.sequence ||
    Number(left.variant === undefined) - Number(right.variant === undefined) ||
    left.id - right.id
  );
}

/** The order of `product.supplierinfo` in Odoo: `sequence, min_qty DESC, price, id`. */
function asOdooChooses(left: SupplierLine, right: SupplierLine): number {
  return (
    left.sequence - right.sequence || right.leastQuantity - left.leastQuantity || left.price - right.price || left.id - right.id
  );
}

/** A started day is a day, and a delay typed below zero is none. */
function wholeDays(days: number): number {
  return Math.max(0, Math.ceil(days));
}
