import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Selectable } from 'kysely';
import { chunks, type Held, heldJob, type StoreContext, type Tx } from '../context.ts';
import type { JobsTable, ReleasedOrdersTable, ReleasedRecordsTable } from '../schema.ts';

/** A record that a write job wrote, or found as it should be. */
export type WrittenRecord = {
  readonly place: number;
  readonly model: string;
  readonly record: number;
  readonly product?: string | undefined;
  readonly location?: string | undefined;
  readonly outcome: string;
  readonly before: Readonly<Record<string, unknown>>;
  readonly changed: Readonly<Record<string, unknown>>;
};

/** What a release did with a record of Odoo's: the first values it found, the last it wrote. */
export type ReleasedRecord = {
  readonly model: string;
  readonly record: number;
  readonly product: string | null;
  readonly location: string | null;
  readonly created: boolean;
  readonly before: Readonly<Record<string, unknown>>;
  readonly changed: Readonly<Record<string, unknown>>;
};

/** An order that came of a release, and how it looked when the release ended. */
export type ReleasedOrder = {
  readonly model: string;
  readonly record: number;
  readonly name: string;
  readonly product: string | null;
  readonly location: string | null;
  readonly snapshot: unknown;
};

/** Keeps what a job of a version's release, or a dead letter of it that was replayed later, wrote, for roll-back and lineage. */
export async function keepWritten(tx: Tx, job: Selectable<JobsTable>, written: readonly WrittenRecord[]): Promise<void> {
  if (written.length === 0) return;
  const version = await tx
    .selectFrom('versions')
    .select('id')
    .where('run', '=', job.run)
    .where('state', 'in', ['releasing', 'released', 'superseded'])
    .where('releases', '>', 0)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!version) return;
  const at = Date.now();
  const rows = written.map(({ place, model, record, product, location, outcome, before, changed }) => ({
    version: version.id,
    job: job.id,
    place,
    model,
    record,
    product: product ?? null,
    location: location ?? null,
    outcome,
    before: JSON.stringify(before),
    changed: JSON.stringify(changed),
    undone: null,
    at,
  }));
  for (const some of chunks(rows)) {
    await tx
      .insertInto('released_records')
      .values(some)
      .onConflict((conflict) => conflict.columns(['version', 'job', 'place']).doNothing())
      .execute();
    await nextTurn();
  }
}

/** How the `undone` of records and orders begins that a version's release wrote before another version was released. */
export const SUPERSEDED = 'superseded by';

/** What a version's releases wrote counts no more once another version was released: taking it back later returns to that one's values. */
export async function supersedeWritten(tx: Tx, version: string, by: string): Promise<void> {
  for (const table of ['released_records', 'released_orders'] as const)
    await tx
      .updateTable(table)
      .set({ undone: `${SUPERSEDED} ${by}` })
      .where('version', '=', version)
      .where('undone', 'is', null)
      .execute();
}

export function writtenOf({ db, dialect }: StoreContext) {
  return {
    /** What a version's releases wrote since it was last taken back, or another version was released, each record once. */
    async releasedRecords(version: string): Promise<ReleasedRecord[]> {
      const rows = await db
        .selectFrom('released_records')
        .selectAll()
        .where('version', '=', version)
        .where('undone', 'is', null)
        .orderBy('at')
        .orderBy('job')
        .orderBy('place')
        .execute();
      const found = new Map<string, ReleasedRecord>();
      for (const row of rows) {
        const key = `${row.model}/${row.record}`;
        found.set(key, withRow(found.get(key), row));
        if (found.size % 500 === 0) await nextTurn();
      }
      return [...found.values()];
    },

    async releasedOrders(version: string): Promise<ReleasedOrder[]> {
      const rows = await db
        .selectFrom('released_orders')
        .selectAll()
        .where('version', '=', version)
        .where('undone', 'is', null)
        .orderBy('name')
        .execute();
      return rows.map(orderOf);
    },

    /** Which of these orders came of an earlier release, with how they looked then. */
    async ordersKnown(version: string, model: string, records: readonly number[]): Promise<ReleasedOrder[]> {
      const rows: Selectable<ReleasedOrdersTable>[] = [];
      for (const some of chunks(records.map((record) => ({ record }))))
        rows.push(
          ...(await db
            .selectFrom('released_orders')
            .selectAll()
            .where('model', '=', model)
            .where('version', '!=', version)
            .where(
              'record',
              'in',
              some.map(({ record }) => record),
            )
            .orderBy('at')
            .execute()),
        );
      return rows.map(orderOf);
    },

    /**
     * Keeps the orders that came of a version's release; kept already, they stay as they were until it is taken back. Those
     * of a release before that of another version were there before, and are no later release's.
     */
    async keepOrders(lease: Held, version: string, orders: readonly ReleasedOrder[]): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await heldJob(tx, dialect, lease);
        const at = Date.now();
        const rows = orders.map((order) => ({ ...order, version, snapshot: JSON.stringify(order.snapshot), undone: null, at }));
        for (const some of chunks(rows))
          await tx
            .insertInto('released_orders')
            .values(some)
            .onConflict((conflict) =>
              conflict
                .columns(['version', 'model', 'record'])
                .doUpdateSet((eb) => ({ snapshot: eb.ref('excluded.snapshot'), undone: null, at }))
                .where('released_orders.undone', 'is not', null)
                .where('released_orders.undone', 'not like', `${SUPERSEDED} %`),
            )
            .execute();
      });
    },
  };
}

function withRow(so: ReleasedRecord | undefined, row: Selectable<ReleasedRecordsTable>): ReleasedRecord {
  const before = JSON.parse(row.before) as Record<string, unknown>;
  const changed = JSON.parse(row.changed) as Record<string, unknown>;
  return {
    model: row.model,
    record: Number(row.record),
    product: row.product,
    location: row.location,
    created: so?.created === true || row.outcome === 'created',
    before: { ...before, ...so?.before },
    changed: { ...so?.changed, ...changed },
  };
}

function orderOf(row: Selectable<ReleasedOrdersTable>): ReleasedOrder {
  const { model, record, name, product, location, snapshot } = row;
  return { model, record: Number(record), name, product, location, snapshot: JSON.parse(snapshot) };
}
