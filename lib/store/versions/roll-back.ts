import { type Selectable, sql } from 'kysely';
import { appendAudit } from '../audit.ts';
import { type Held, heldJob, type StoreContext, type Tx } from '../context.ts';
import { StoreError } from '../errors.ts';
import { insertJobs, packJob } from '../insert-jobs.ts';
import type { VersionsTable } from '../schema.ts';
import type { Decided, Decision } from './approval.ts';
import { hasItsLines } from './items.ts';
import { odooQueueOf, rollBackKeyOf } from './odoo-queue.ts';
import { versionOf } from './read.ts';
import { isToBeWritten, lockedVersionsOf, onItsWayToOdoo } from './turn.ts';

/** What became of a record or an order in a roll-back: taken back, or left with the reason. */
export type Undone = {
  readonly model: string;
  readonly record: number;
  readonly name: string;
  readonly undone: string;
  readonly left: boolean;
};

export function rollingBackOf({ db, dialect }: StoreContext, keyDays: number) {
  /** Tells of a roll-back that was asked for while the version was the released one, and found that it is not any more. */
  const notTakenBack = (
    tx: Tx,
    { id, run, state }: Selectable<VersionsTable>,
    undone: readonly Undone[],
    { who, comment }: Decision,
  ): Promise<void> => {
    const detail = { comment, state, undone };
    return appendAudit(tx, dialect, { who, what: 'version.not-rolled-back', subject: id, run: run ?? undefined, detail });
  };

  return {
    /**
     * Has the last release of a version taken back: a job of its node's, which puts Odoo's records back as they were.
     * Refused for a version that is not the released one of its interface, and while another one is on its way to Odoo.
     */
    takeBack: (id: string, { who, comment }: Decision): Promise<Decided> =>
      db.transaction().execute(async (tx): Promise<Decided> => {
        const of = await lockedVersionsOf(tx, dialect, id);
        if (!of) return { refused: `There is no version ${id.slice(0, 200)}.`, because: 'missing' };
        const other = await onItsWayToOdoo(tx, of.interface, id);
        if (other)
          return { refused: `Version ${other} is on its way to Odoo: ${id} cannot be taken back now.`, because: 'state' };
        const row = await tx.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        if (row.state !== 'released')
          return {
            refused: `Version ${id} is ${row.state.replace('-', ' ')}; only the released one is taken back.`,
            because: 'state',
          };
        const [queue, key] = [odooQueueOf(row.queue), rollBackKeyOf(row)];
        // One that was given up, or found the version not released for a time, is asked for anew.
        await tx
          .deleteFrom('jobs')
          .where('queue', '=', queue)
          .where('key', '=', key)
          .where('state', 'in', ['dead', 'done'])
          .execute();
        const job = { queue, kind: 'roll-back', key, payload: { version: id, who, comment }, maxAttempts: 12 };
        await insertJobs(tx, [await packJob(job)], 'pending', keyDays);
        await appendAudit(tx, dialect, {
          who,
          what: 'version.roll-back-asked',
          subject: id,
          run: row.run ?? undefined,
          detail: { comment },
        });
        return { version: versionOf(row) };
      }),

    /**
     * Whether a version is still to be taken back. Where another one took its place in the meantime, as while Odoo was
     * away, it is not, and the audit says so.
     * @throws StoreError `out-of-turn` while another version of its interface, or a dead letter of its own, is on its way to Odoo
     */
    stillToBeTakenBack: (lease: Held, id: string, decision: Decision): Promise<boolean> =>
      db.transaction().execute(async (tx) => {
        await heldJob(tx, dialect, lease);
        const of = await lockedVersionsOf(tx, dialect, id);
        const other = of && (await onItsWayToOdoo(tx, of.interface, id));
        if (other) throw new StoreError('out-of-turn', `${other} is on its way to Odoo; taking ${id} back waits for it.`);
        const row = await tx.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        if (row.state === 'released') {
          if (await isToBeWritten(tx, row.run ?? ''))
            throw new StoreError('out-of-turn', `Dead letters of ${id} are being replayed; taking it back waits for them.`);
          return true;
        }
        // Where it is rolled back, the job has come again after it had done so.
        if (row.state !== 'rolled-back') await notTakenBack(tx, row, [], decision);
        return false;
      }),

    /**
     * A version was taken back: the one before it is the released one again, and what was refused of it is not written any
     * more. What was left as it is, is told of.
     */
    async takenBack(lease: Held, id: string, undone: readonly Undone[], decision: Decision): Promise<void> {
      const { who, comment } = decision;
      await db.transaction().execute(async (tx) => {
        await heldJob(tx, dialect, lease);
        await lockedVersionsOf(tx, dialect, id);
        const row = await tx.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
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
        if (row.state !== 'released') return notTakenBack(tx, row, undone, decision);
        const now = Date.now();
        const left = undone.filter((one) => one.left);
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
        await tx
          .updateTable('jobs')
          .set({ state: 'discarded', result: JSON.stringify({ comment: 'Its version was rolled back.' }), updated_at: now })
          .where('run', '=', row.run)
          .where('state', '=', sql.lit('dead'))
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
