import { type Selectable, sql } from 'kysely';
import { SOURCE } from '../../canonical/marks.ts';
import type { VersionItem } from '../../canonical/version-item.ts';
import { route } from '../../exceptions/routing.ts';
import { appendAudit } from '../audit.ts';
import { lockedRun, type StoreContext, type Tx } from '../context.ts';
import { sum } from '../decimal.ts';
import { storeRefusals } from '../exceptions.ts';
import { insertJobs, packJob } from '../insert-jobs.ts';
import { redactText } from '../redact.ts';
import { putTotal } from '../run-totals.ts';
import type { VersionsTable } from '../schema.ts';
import { insertItems, packItems } from './items.ts';
import { type Version, versionOf } from './read.ts';
import { approvedAfter, lockedVersionsOf, overtakenBy } from './turn.ts';

/** Who decides, and why. `who` is the authenticated person, as the audit names it. */
export type Decision = { readonly who: string; readonly comment: string };

/** What came of a decision: how the version stands now, or why it cannot be had. */
export type Decided =
  | { readonly version: Version }
  | { readonly refused: string; readonly because: 'missing' | 'state' | 'person' };

type Row = Selectable<VersionsTable>;

export function approvalOf({ db, dialect }: StoreContext, keyDays: number) {
  /** Works on a version that waits for approval, the versions of its interface and its run locked. */
  const deciding = (id: string, work: (tx: Tx, row: Row, run: string) => Promise<Decided>): Promise<Decided> =>
    db.transaction().execute(async (tx) => {
      const named = await lockedVersionsOf(tx, dialect, id);
      if (!named?.run) return { refused: `There is no version ${id.slice(0, 200)}.`, because: 'missing' };
      await lockedRun(tx, dialect, named.run);
      const row = await tx.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      if (row.state !== 'awaiting-approval')
        return { refused: `Version ${id} does not wait for approval: it is ${row.state.replace('-', ' ')}.`, because: 'state' };
      return work(tx, row, named.run);
    });

  const decided = async (tx: Tx, id: string): Promise<Decided> => ({
    version: versionOf(await tx.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirstOrThrow()),
  });

  /** Refuses a version whole: its lines are held, with the reason. */
  const refuseWhole = async (tx: Tx, row: Row, run: string, { who, comment }: Decision): Promise<void> => {
    await withhold(tx, row, run, undefined, { who, comment });
    const now = Date.now();
    await tx.deleteFrom('jobs').where('run', '=', run).where('state', '=', sql.lit('staged')).execute();
    await tx
      .updateTable('versions')
      .set({ state: 'refused', why: JSON.stringify([comment]), deadline_at: null, updated_at: now })
      .where('id', '=', row.id)
      .execute();
    await tx
      .updateTable('runs')
      .set({ state: 'refused', error: redactText(comment), updated_at: now })
      .where('id', '=', run)
      .execute();
    await appendAudit(tx, dialect, { who, what: 'version.refused', subject: row.id, run, detail: { comment } });
  };

  /** Holds the lines of some product groups, or of all: what the baseline wants of these stands in the version instead. */
  const withhold = async (tx: Tx, row: Row, run: string, groups: readonly string[] | undefined, decision: Decision) => {
    let query = tx.selectFrom('version_items').select(['category', 'lines', 'sent']).where('version', '=', row.id);
    if (groups) query = query.where('category', 'in', [...groups]);
    const held = await query.execute();
    const lines = held.reduce((total, item) => total + item.lines, 0);
    const quantity = sum(held.map(({ sent }) => sent));
    const refusals = [...Map.groupBy(held, ({ category }) => category)].map(([group, items]) => ({
      reason: 'APPROVAL_REFUSED' as const,
      stage: 'validation' as const,
      message: `${decision.who} did not approve ${group ? `the group "${group}"` : 'what has no product group'} of version ${row.id}: ${decision.comment}`,
      record: {
        group,
        version: row.id,
        [SOURCE]: {
          lines: items.reduce((total, item) => total + item.lines, 0),
          quantity: sum(items.map(({ sent }) => sent)),
        },
      },
      quantity: sum(items.map(({ sent }) => sent)),
    }));
    await storeRefusals(
      tx,
      refusals.map((refusal) => ({ ...refusal, ...route(refusal, []) })),
      run,
    );
    // A run whose lines came again has several versions, and each may have been approved in part.
    const part = `withheld/${row.id}`;
    await putTotal(tx, run, 'accepted', part, { lines: -lines, quantity: `-${quantity}`, records: 0 });
    await putTotal(tx, run, 'staged', part, { lines: -lines, quantity: '0', records: 0 });
    if (!groups) return;
    await tx
      .deleteFrom('version_items')
      .where('version', '=', row.id)
      .where('category', 'in', [...groups])
      .execute();
    const left = { lines: row.lines - lines, quantity: sum([row.quantity, `-${quantity}`]) };
    await tx.updateTable('versions').set(left).where('id', '=', row.id).execute();
    // A promotion adds to the baseline, which stands by itself.
    if (row.purpose === 'promotion') return;
    const kept = await tx
      .selectFrom('version_items as before')
      .select('body')
      .where('version', '=', row.baseline ?? '')
      .where('category', 'in', [...groups])
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('version_items as item')
              .select('item.hash')
              .where('item.version', '=', row.id)
              .whereRef('item.product', '=', 'before.product')
              .whereRef('item.location', '=', 'before.location'),
          ),
        ),
      )
      .execute();
    const standing = kept.map(({ body }) => asBefore(JSON.parse(body) as VersionItem));
    await insertItems(tx, await packItems(row.id, standing));
  };

  /** A version is not released any more: its lines count as what stands released. */
  const supersede = async (tx: Tx, { id, lines }: Row, run: string, newer: string): Promise<void> => {
    const why = `${newer} is of a forecast that was accepted later, and went to Odoo before it.`;
    await tx
      .updateTable('versions')
      .set({ state: 'superseded', why: JSON.stringify([why]), updated_at: Date.now() })
      .where('id', '=', id)
      .execute();
    await tx.deleteFrom('jobs').where('run', '=', run).where('state', '=', sql.lit('staged')).execute();
    await tx.deleteFrom('run_totals').where('run', '=', run).where('stage', '=', 'staged').execute();
    await putTotal(tx, run, 'as-released', 'overtaken', { lines, quantity: '0', records: 0 });
    await appendAudit(tx, dialect, { who: 'planbridge', what: 'version.superseded', subject: id, run, detail: { why } });
  };

  return {
    /**
     * Approves a version, or all of it but some product groups; its release begins. Refused where it is not waiting, where
     * a newer version, or one of a forecast that was accepted later, was approved before, and for the one who sent it.
     */
    approve: (id: string, decision: Decision, refusedGroups: readonly string[] = []): Promise<Decided> =>
      deciding(id, async (tx, row, run) => {
        const { who, comment } = decision;
        if (row.purpose === 'scenario')
          return {
            refused: `Version ${id} is a scenario: it is kept and compared, never released. Send it as a baseline to release it.`,
            because: 'state',
          };
        if (row.requester !== null && row.requester === who)
          return { refused: `${who} sent version ${id}; somebody else approves it.`, because: 'person' };
        const newer = (await approvedAfter(tx, row)) ?? (await overtakenBy(tx, row, run));
        if (newer)
          return { refused: `${newer} is newer and was approved before. Refuse ${id}, or send it again.`, because: 'state' };
        if (refusedGroups.length > 0) {
          const known = await tx.selectFrom('version_items').select('category').distinct().where('version', '=', id).execute();
          const unknown = refusedGroups.filter((group) => !known.some(({ category }) => category === group));
          if (unknown.length > 0)
            return { refused: `Version ${id} has no product group "${unknown.join('", "')}".`, because: 'missing' };
          await withhold(tx, row, run, refusedGroups, decision);
        }
        const now = Date.now();
        await tx
          .updateTable('jobs')
          // Whoever approves it now wants it now, whatever was released meanwhile.
          .set({ state: 'pending', next_attempt_at: now, created_at: now, updated_at: now })
          .where('run', '=', run)
          .where('state', '=', sql.lit('staged'))
          .execute();
        await tx
          .updateTable('versions')
          .set({ state: 'approved', deadline_at: null, updated_at: now })
          .where('id', '=', id)
          .execute();
        await tx.updateTable('runs').set({ state: 'applying', updated_at: now }).where('id', '=', run).execute();
        const detail = { comment, refusedGroups };
        await appendAudit(tx, dialect, { who, what: 'version.approved', subject: id, run, detail });
        return decided(tx, id);
      }),

    /** Refuses a version; its lines are held with the reason, and its run ends. */
    refuse: (id: string, decision: Decision): Promise<Decided> =>
      deciding(id, async (tx, row, run) => {
        await refuseWhole(tx, row, run, decision);
        return decided(tx, id);
      }),

    /**
     * Versions of a node's whose deadline is over: with `expire` they are refused, else they are told of once, to be
     * escalated. Gives those that this call found.
     */
    async overdue(queue: string, expire: boolean): Promise<Version[]> {
      const now = Date.now();
      const due = await db
        .selectFrom('versions')
        .select('id')
        .where('state', '=', 'awaiting-approval')
        .where('queue', '=', queue)
        .where('deadline_at', '<=', now)
        .execute();
      const found: Version[] = [];
      for (const { id } of due) {
        const answer = await deciding(id, async (tx, row, run) => {
          // Another instance may have found it since.
          if (row.deadline_at === null) return { refused: '', because: 'state' };
          if (expire) await refuseWhole(tx, row, run, { who: 'planbridge', comment: 'Nobody approved it in time.' });
          else {
            await tx.updateTable('versions').set({ deadline_at: null, escalated: 1 }).where('id', '=', id).execute();
            await appendAudit(tx, dialect, { who: 'planbridge', what: 'version.escalated', subject: id, run });
          }
          return decided(tx, id);
        });
        if ('version' in answer) found.push(answer.version);
      }
      return found;
    },

    /**
     * What becomes of a run whose lines are all accounted for: where its version waits for approval, so does the run, and
     * a dry run tells meanwhile what its release would change. One within the limits whose lines came before those of a
     * version that is released already is overtaken: it stood back, perhaps because Odoo was away, and is not released any more.
     * Undefined for a run without a version to be judged.
     */
    async standing(tx: Tx, run: string): Promise<'waits' | 'approved' | 'overtaken' | undefined> {
      const version = await tx
        .selectFrom('versions')
        .selectAll()
        .where('run', '=', run)
        .where('state', '=', 'validated')
        .executeTakeFirst();
      if (!version) return undefined;
      const { id, queue } = version;
      const newer = await overtakenBy(tx, version, run);
      if (newer && version.automatic === 1) {
        await supersede(tx, version, run, newer);
        return 'overtaken';
      }
      const state = version.automatic === 1 ? ('approved' as const) : ('awaiting-approval' as const);
      await tx.updateTable('versions').set({ state, updated_at: Date.now() }).where('id', '=', id).execute();
      if (state === 'approved') {
        await appendAudit(tx, dialect, {
          who: 'planbridge',
          what: 'version.approved',
          subject: id,
          run,
          detail: { automatic: true },
        });
        return 'approved';
      }
      const preview = { queue, kind: 'preview', key: `${id}/preview`, payload: { version: id }, maxAttempts: 5 };
      await insertJobs(tx, [await packJob(preview)], 'pending', keyDays);
      return 'waits';
    },
  };
}

/** What the baseline wants, as an item of a version: none of the version's lines stands behind it. */
function asBefore(item: VersionItem): VersionItem {
  return { ...item, lines: 0, sent: '0', periods: item.periods.map((period) => ({ ...period, lines: [] })) };
}
