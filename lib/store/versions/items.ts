import { setImmediate as nextTurn } from 'node:timers/promises';
import type { VersionItem } from '../../canonical/version-item.ts';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { chunks, type StoreContext, type Tx } from '../context.ts';
import { pacer } from '../pace.ts';
import type { VersionItemsTable, VersionsTable } from '../schema.ts';

export type ItemKey = Pick<VersionItem, 'product' | 'location'>;

/** Items that are read or written at a stretch: not too many, and not too much text, for an item may stand for thousands of lines. */
const AT_ONCE = 100;
const READ_AT_ONCE = 40;
const MOST_TEXT = 200_000;

/** Items as rows of a version. The hash tells whether two versions want the same: by unit, periods and quantities. */
export async function packItems(version: string, items: Iterable<VersionItem>): Promise<VersionItemsTable[]> {
  const pace = pacer();
  const rows: VersionItemsTable[] = [];
  for (const item of items) {
    const { product, location, group: category, lines, sent, uom, periods } = item;
    const hash = sha256(canonicalJson([uom, periods.map(({ period, quantity }) => [period, quantity])]));
    rows.push({ version, product, location, category, lines, sent, hash, body: JSON.stringify(item) });
    await pace();
  }
  return rows;
}

/** Inserts packed items some at a time; others get their turn in between. */
export async function insertItems(tx: Tx, rows: readonly VersionItemsTable[]): Promise<void> {
  let some: VersionItemsTable[] = [];
  let text = 0;
  const insert = async () => {
    await tx.insertInto('version_items').values(some).execute();
    [some, text] = [[], 0];
    await nextTurn();
  };
  for (const row of rows) {
    some.push(row);
    text += row.body.length;
    if (some.length >= AT_ONCE || text > MOST_TEXT) await insert();
  }
  if (some.length > 0) await insert();
}

/** Whether nothing that a version wants has been swept away. */
export async function hasItsLines(tx: Tx, { id, lines }: Pick<VersionsTable, 'id' | 'lines'>): Promise<boolean> {
  const kept = await tx
    .selectFrom('version_items')
    .select(({ fn }) => fn.sum('lines').as('lines'))
    .where('version', '=', id)
    .executeTakeFirst();
  return Number(kept?.lines ?? 0) === lines;
}

export function itemsOf({ db }: StoreContext) {
  /** Pages of a version's items by product and place; `differing` leaves out what that other version wants just so. */
  async function* pages(version: string, differing?: string): AsyncGenerator<VersionItem[]> {
    const pace = pacer();
    let after: ItemKey | undefined;
    for (;;) {
      let query = db
        .selectFrom('version_items as item')
        .select(['product', 'location', 'body'])
        .where('version', '=', version)
        .orderBy('product')
        .orderBy('location')
        .limit(READ_AT_ONCE);
      if (differing !== undefined)
        query = query.where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('version_items as other')
                .select('other.hash')
                .where('other.version', '=', differing)
                .whereRef('other.product', '=', 'item.product')
                .whereRef('other.location', '=', 'item.location')
                .whereRef('other.hash', '=', 'item.hash'),
            ),
          ),
        );
      const last = after;
      if (last)
        query = query.where(({ eb, and, or }) =>
          or([eb('product', '>', last.product), and([eb('product', '=', last.product), eb('location', '>', last.location)])]),
        );
      const rows = await query.execute();
      if (rows.length === 0) return;
      const items: VersionItem[] = [];
      for (const { body } of rows) {
        items.push(JSON.parse(body) as VersionItem);
        await pace();
      }
      yield items;
      after = rows.at(-1);
      await nextTurn();
    }
  }

  return {
    pages,

    /** All items of a version; none where there is no such version. */
    async all(version: string | undefined): Promise<VersionItem[]> {
      const items: VersionItem[] = [];
      if (version) for await (const page of pages(version)) items.push(...page);
      return items;
    },

    /** Items of a version for these products at these places. */
    async of(version: string, keys: readonly ItemKey[]): Promise<VersionItem[]> {
      const items: VersionItem[] = [];
      const wanted = new Set(keys.map(({ product, location }) => `${product}\0${location}`));
      const products = [...new Set(keys.map(({ product }) => product))].map((product) => ({ product }));
      for (const some of chunks(products, AT_ONCE)) {
        const rows = await db
          .selectFrom('version_items')
          .select(['product', 'location', 'body'])
          .where('version', '=', version)
          .where(
            'product',
            'in',
            some.map(({ product }) => product),
          )
          .execute();
        for (const { product, location, body } of rows)
          if (wanted.has(`${product}\0${location}`)) items.push(JSON.parse(body) as VersionItem);
        await nextTurn();
      }
      return items;
    },

    /** How many sender's lines stand behind the items that another version wants just so. */
    async linesAlike(version: string, other: string): Promise<{ lines: number; records: number }> {
      const row = await db
        .selectFrom('version_items as item')
        .innerJoin('version_items as other', (join) =>
          join
            .onRef('other.product', '=', 'item.product')
            .onRef('other.location', '=', 'item.location')
            .onRef('other.hash', '=', 'item.hash'),
        )
        .where('item.version', '=', version)
        .where('other.version', '=', other)
        .select(({ fn }) => [fn.sum('item.lines').as('lines'), fn.countAll().as('records')])
        .executeTakeFirst();
      return { lines: Number(row?.lines ?? 0), records: Number(row?.records ?? 0) };
    },
  };
}
