import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Selectable, sql } from 'kysely';
import { appendAudit } from '../audit.ts';
import { chunks, type Held, heldJob, type StoreContext } from '../context.ts';
import { insertJobs } from '../insert-jobs.ts';
import { packPayload } from '../payload.ts';
import type { ReleasedOrdersTable, ReleasedRecordsTable } from '../schema.ts';
import type { Decided, Decision } from './approval.ts';
import { hasItsLines } from './items.ts';
import { versionOf } from './read.ts';
import { odooQueueOf } from './release.ts';
import { SUPERSEDED } from './written.ts';

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

/** What became of a record or an order in a roll-back: taken back, or left with the reason. */
export type Undone = {
  readonly model: string;
  readonly record: number;
  readonly name: string;
  readonly undone: string;
  readonly left: boolean;
};

export function rollingBackOf({ db, dialect }: StoreContext, keyDays: number) {
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

    /**
     * Has the last release of a version taken back: a job of its node's, which puts Odoo's records back as they were.
     * Refused for a version that is not the released one of its interface.
     */
    takeBack: (id: string, { who, comment }: Decision): Promise<Decided> =>
      db.transaction().execute(async (tx): Promise<Decided> => {
        const row = await tx.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirst();
        if (!row) return { refused: `There is no version ${id.slice(0, 200)}.`, because: 'missing' };
        if (row.state !== 'released')
          return {
            refused: `Version ${id} is ${row.state.replace('-', ' ')}; only the released one is taken back.`,
            because: 'state',
          };
        const payload = { version: id, who, comment };
        const key = `${id}/roll-back-${row.releases}`;
        const queue = odooQueueOf(row.queue);
        await insertJobs(
          tx,
          [{ queue, kind: 'roll-back', key, payload, maxAttempts: 12, packed: await packPayload(payload) }],
          'pending',
          keyDays,
        );
        await tx
          .updateTable('jobs')
          .set({ state: 'pending', attempts: 0, cut_off: 0, next_attempt_at: Date.now(), error: null })
          .where('queue', '=', queue)
          .where('key', '=', key)
          .where('state', '=', sql.lit('dead'))
          .execute();
        await appendAudit(tx, dialect, {
          who,
          what: 'version.roll-back-asked',
          subject: id,
          run: row.run ?? undefined,
          detail: { comment },
        });
        return { version: versionOf(row) };
      }),

    /** A version was taken back: the one before it is the released one again. What was left as it is, is told of. */
    async takenBack(lease: Held, id: string, undone: readonly Undone[], { who, comment }: Decision): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await heldJob(tx, dialect, lease);
        const row = await tx.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        if (row.state !== 'released') return;
        const now = Date.now();
        const left = undone.filter((one) => one.left);
        for (const { model, record, undone: text } of undone)
          for (const table of ['released_records', 'released_orders'] as const)
            await tx
              .updateTable(table)
              .set({ undone: text })
              .where('version', '=', id)
              .where('model', '=', model)
              .where('record', '=', record)
              .where('undone', 'is', null)
              .execute();
        const previous = await tx
          .selectFrom('versions')
          .selectAll()
          .where('id', '=', row.previous ?? '')
          .where('state', '=', 'superseded')
          .executeTakeFirst();
        const restored = previous && (await hasItsLines(tx, previous)) ? previous.id : undefined;
        const why = left.map(({ name, undone: text }) => `${name}: ${text}`);
        if (previous && !restored)
          why.push(
            `${previous.id} stands in Odoo again, but its lines are gone: there is no planning baseline until the next release.`,
          );
        await tx
          .updateTable('versions')
          .set({ state: 'rolled-back', why: JSON.stringify(why), updated_at: now })
          .where('id', '=', id)
          .execute();
        // Where something was left, the earlier version does not stand in Odoo as it was: its release day is forgotten.
        if (restored)
          await tx
            .updateTable('versions')
            .set({ state: 'released', updated_at: now, ...(left.length > 0 ? { released_on: null } : {}) })
            .where('id', '=', restored)
            .execute();
        const detail = { comment, restores: restored, undone };
        await appendAudit(tx, dialect, { who, what: 'version.rolled-back', subject: id, run: row.run ?? undefined, detail });
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
