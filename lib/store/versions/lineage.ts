import type { VersionItem, VersionLine } from '../../canonical/version-item.ts';
import type { StoreContext } from '../context.ts';

/** What stands behind, or came of, a product at a place in one version. */
export type Lineage = {
  readonly version: string;
  readonly state: string;
  readonly interface: string;
  readonly run: string | null;
  readonly source: string;
  readonly requester: string | null;
  readonly product: string;
  readonly location: string;
  readonly uom: string;
  readonly periods: readonly { readonly period: string; readonly quantity: string; readonly lines: readonly VersionLine[] }[];
  readonly records: readonly {
    readonly model: string;
    readonly record: number;
    readonly outcome: string;
    readonly undone: string | null;
  }[];
  readonly orders: readonly {
    readonly model: string;
    readonly record: number;
    readonly name: string;
    readonly undone: string | null;
  }[];
};

export type LineageOf =
  | { readonly product: string; readonly location?: string | undefined }
  | { readonly model: string; readonly record: number };

const MOST_VERSIONS = 20;

export function lineageOf({ db }: StoreContext) {
  /** The products and places behind a record or an order of Odoo's. */
  const behind = async (model: string, record: number) =>
    (
      await Promise.all(
        (['released_records', 'released_orders'] as const).map((table) =>
          db
            .selectFrom(table)
            .select(['version', 'product', 'location'])
            .where('model', '=', model)
            .where('record', '=', record)
            .execute(),
        ),
      )
    ).flat();

  return {
    /**
     * From a product (at a place) through the versions that want it, the newest first, to the lines behind it and what
     * came of it in Odoo; or from a record or order of Odoo's back to these.
     */
    async lineage(of: LineageOf): Promise<Lineage[]> {
      const from = 'model' in of ? await behind(of.model, of.record) : undefined;
      let query = db
        .selectFrom('version_items as item')
        .innerJoin('versions', 'versions.id', 'item.version')
        .select([
          'item.version',
          'item.product',
          'item.location',
          'item.body',
          'versions.state',
          'versions.interface',
          'versions.run',
          'versions.source',
          'versions.requester',
        ])
        .orderBy('versions.created_at', 'desc')
        .orderBy('versions.number', 'desc')
        .limit(MOST_VERSIONS);
      if ('product' in of) {
        query = query.where('item.product', '=', of.product);
        if (of.location) query = query.where('item.location', '=', of.location);
      }
      if (from) {
        const known = from.filter(({ product }) => product !== null);
        if (known.length === 0) return [];
        query = query.where(({ eb, or, and }) =>
          or(
            known
              .slice(0, MOST_VERSIONS)
              .map(({ version, product, location }) =>
                and([
                  eb('item.version', '=', version),
                  eb('item.product', '=', product ?? ''),
                  ...(location === null ? [] : [eb('item.location', '=', location)]),
                ]),
              ),
          ),
        );
      }
      const found: Lineage[] = [];
      for (const { body, ...row } of await query.execute()) {
        const { uom, periods } = JSON.parse(body) as VersionItem;
        const cameOf = { version: row.version, product: row.product, location: row.location };
        found.push({ ...row, uom, periods, records: await recordsOf(cameOf), orders: await ordersOf(cameOf) });
      }
      return found;
    },
  };

  type CameOf = { version: string; product: string; location: string };

  async function recordsOf({ version, product, location }: CameOf) {
    const rows = await db
      .selectFrom('released_records')
      .select(['model', 'record', 'outcome', 'undone'])
      .where('version', '=', version)
      .where('product', '=', product)
      .where('location', '=', location)
      .orderBy('at')
      .execute();
    return rows.map((row) => ({ ...row, record: Number(row.record) }));
  }

  async function ordersOf({ version, product, location }: CameOf) {
    const rows = await db
      .selectFrom('released_orders')
      .select(['model', 'record', 'name', 'undone'])
      .where('version', '=', version)
      .where('product', '=', product)
      .where('location', '=', location)
      .orderBy('name')
      .execute();
    return rows.map((row) => ({ ...row, record: Number(row.record) }));
  }
}
