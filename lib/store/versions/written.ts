import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Selectable } from 'kysely';
import { chunks, type Tx } from '../context.ts';
import type { JobsTable } from '../schema.ts';

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

/** Keeps what a job of a version's release wrote, for roll-back and lineage. */
export async function keepWritten(tx: Tx, job: Selectable<JobsTable>, written: readonly WrittenRecord[]): Promise<void> {
  if (written.length === 0) return;
  const version = await tx
    .selectFrom('versions')
    .select('id')
    .where('run', '=', job.run)
    .where('state', '=', 'releasing')
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
