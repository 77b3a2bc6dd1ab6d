import { z } from 'zod';
import type { OdooClient } from '../odoo/client.ts';
import { type Domain, parseDomain } from '../odoo/domain.ts';
import { ForecastError } from './errors.ts';
import { readBillsOfMaterials } from './master-data/bills-of-materials.ts';
import { readCompanies } from './master-data/companies.ts';
import { readRouteKinds, routedKind } from './master-data/product-routes.ts';
import { type ProductRow, readProducts } from './master-data/products.ts';
import { readSuppliers } from './master-data/suppliers.ts';
import { readUnits } from './master-data/units.ts';
import { readWarehouses } from './master-data/warehouses.ts';
import { type MasterFacts, type MasterView, masterView, PRODUCT_KEYS, type Product } from './master-view.ts';
import { referenceOf } from './reading.ts';

export const MasterDataSettings = z.object({
  /** What a line names its product by. */
  productKey: z.enum(PRODUCT_KEYS).default('default_code'),
  /** Narrows which lines of `product.supplierinfo` are an approval; a domain as a list or as text, blank = every line. */
  supplierDomain: z.unknown().optional(),
  /** How long what was read is believed, in seconds. */
  ttlSeconds: z.number().min(0).default(300),
});
export type MasterDataSettings = z.infer<typeof MasterDataSettings>;

export type MasterData = {
  /** Says which lines are about to come, so that their products are read along with the next ones that are. */
  expect(lines: readonly Naming[]): void;
  /**
   * Reads in bulk what is not known yet about the products that the lines name, and answers with a view of it.
   * The number of calls does not depend on the number of lines.
   * @param today the run's date, `YYYY-MM-DD`
   * @throws OdooError where Odoo cannot be asked or refuses; ForecastError `settings` where it has no warehouses
   */
  load(lines: readonly Naming[], today: string): Promise<MasterView>;
  /** Believes no more that something is wanting: who knows that it was mended says so. */
  doubt(): void;
};

/** What of a line names master data. */
type Naming = Readonly<Record<string, unknown>>;

type Tables = Pick<MasterFacts, 'warehouses' | 'units' | 'companies'> & { readonly readAt: number };
type Known = { readonly products: readonly Product[]; readonly readAt: number };

/** References kept at most; unknown ones are kept too, so that they are not asked for with every batch. */
const MOST_KEPT = 200_000;

/** References that one reading takes; as many ids as Odoo is asked for at a time make its answer long enough. */
const MOST_AT_ONCE = 2_000;

/** What is wanting is asked again sooner, so that a mended product is found when its lines are sent again. */
const WANTING_SECONDS = 10;

const perServer = new WeakMap<OdooClient, Map<string, MasterData>>();

/**
 * The master data of a server: nodes with the same server and settings share what was read.
 * @throws OdooError `validation` for a supplier domain that is not understood
 */
export function masterData(client: OdooClient, given: z.input<typeof MasterDataSettings> = {}): MasterData {
  const settings = MasterDataSettings.parse(given);
  const approved = parseDomain(settings.supplierDomain);
  const shared = perServer.get(client) ?? new Map<string, MasterData>();
  perServer.set(client, shared);
  const key = JSON.stringify([settings.productKey, approved, settings.ttlSeconds]);
  const data = shared.get(key) ?? open(client, settings, approved);
  shared.set(key, data);
  return data;
}

/** Whoever reads master data of this server asks again for what was wanting. */
export function doubtWanting(client: OdooClient): void {
  for (const data of perServer.get(client)?.values() ?? []) data.doubt();
}

function open(client: OdooClient, settings: MasterDataSettings, approved: Domain): MasterData {
  const known = new Map<string, Known>();
  const expected = new Set<string>();
  let tables: Tables | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function load(lines: readonly Naming[], today: string): Promise<MasterView> {
    const now = Date.now();
    const believed = now - settings.ttlSeconds * 1_000;
    const doubted = now - Math.min(settings.ttlSeconds, WANTING_SECONDS) * 1_000;
    const wanted = namesIn(lines, 'product');
    const isStale = (reference: string) => {
      const entry = known.get(reference);
      return !entry || entry.readAt < (isWanting(entry.products) ? doubted : believed);
    };
    let unread = [...wanted].filter(isStale);
    if (known.size + unread.length > MOST_KEPT) {
      known.clear();
      unread = [...wanted];
    }
    for (const reference of wanted) expected.delete(reference);
    if (unread.length > 0) {
      const readAt = Date.now();
      const along = [...expected].filter(isStale).slice(0, Math.max(0, MOST_AT_ONCE - unread.length));
      for (const [reference, products] of await readWithSupply(client, settings, approved, [...unread, ...along]))
        known.set(reference, { products, readAt });
    }
    if (!tables || tables.readAt < believed || (tables.readAt < doubted && lacks(tables, lines)))
      tables = await readTables(client);
    const products = new Map([...wanted].map((reference) => [reference, known.get(reference)?.products ?? []]));
    return masterView({ ...tables, productKey: settings.productKey, products }, today);
  }

  return {
    expect(lines) {
      if (expected.size < MOST_KEPT) for (const name of namesIn(lines, 'product')) expected.add(name);
    },
    // One at a time, so that two nodes that begin together do not read the same twice.
    load(lines, today) {
      const answer = turn.then(() => load(lines, today));
      turn = answer.catch(() => undefined);
      return answer;
    },
    doubt() {
      for (const [reference, { products }] of known) if (isWanting(products)) known.delete(reference);
      tables = undefined;
    },
  };
}

/** The different names in a column of the lines. */
function namesIn(lines: readonly Naming[], column: 'product' | 'location' | 'uom'): Set<string> {
  const names = new Set<string>();
  for (const line of lines) {
    const name = referenceOf(line[column]);
    if (name !== undefined) names.add(name);
  }
  return names;
}

/** Whether a reference would be held for its product: none or several active ones, or no supply at all. */
function isWanting(products: readonly Product[]): boolean {
  const active = products.filter((product) => product.active);
  return active.length !== 1 || active.some((product) => product.boms.length === 0 && product.suppliers.length === 0);
}

function lacks(tables: Tables, lines: readonly Naming[]): boolean {
  for (const code of namesIn(lines, 'location')) if (!tables.warehouses.has(code)) return true;
  for (const name of namesIn(lines, 'uom')) if (tables.units.named(name).length === 0) return true;
  return false;
}

async function readTables(client: OdooClient): Promise<Tables> {
  if (!(await client.profile()).hasModel('stock.warehouse'))
    throw new ForecastError(
      'settings',
      'This Odoo has no warehouses, so a forecast has no place there. Install Inventory, or choose another server.',
    );
  const readAt = Date.now();
  const [warehouses, units] = await Promise.all([readWarehouses(client), readUnits(client)]);
  const companies = new Set([...warehouses.values()].flat().flatMap(({ company }) => (company === undefined ? [] : [company])));
  return { readAt, warehouses, units, companies: await readCompanies(client, [...companies]) };
}

async function readWithSupply(
  client: OdooClient,
  settings: MasterDataSettings,
  approved: Domain,
  references: readonly string[],
): Promise<Map<string, Product[]>> {
  const rows = await readProducts(client, settings.productKey, references);
  const active = [...rows.values()].flat().filter((row) => row.active);
  const templates = [...new Set(active.map((row) => row.product_tmpl_id))];
  const [boms, suppliers] = await Promise.all([
    readBillsOfMaterials(client, templates),
    readSuppliers(client, templates, approved),
  ]);
  // Only a product that could be made as well as bought needs its routes to say which.
  const undecided = active.filter((row) => boms.has(row.product_tmpl_id) && suppliers.has(row.product_tmpl_id));
  const kinds = await readRouteKinds(client, [...new Set(undecided.flatMap((row) => row.route_ids))]);
  const product = (row: ProductRow): Product => ({
    id: row.id,
    variant: row.id,
    template: row.product_tmpl_id,
    active: row.active,
    company: row.company_id,
    unit: row.uom_id,
    group: row.categ_id,
    boms: boms.get(row.product_tmpl_id) ?? [],
    suppliers: suppliers.get(row.product_tmpl_id) ?? [],
    produceDays: row.produce_delay + row.days_to_prepare_mo,
    routed: routedKind(row.route_ids, kinds),
  });
  return new Map(references.map((reference) => [reference, (rows.get(reference) ?? []).map(product)]));
}
