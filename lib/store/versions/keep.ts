import type { VersionItem } from '../../canonical/version-item.ts';
import { appendAudit } from '../audit.ts';
import { type Held, heldJob, type StoreContext } from '../context.ts';
import { sum } from '../decimal.ts';
import { insertJobs, packJob } from '../insert-jobs.ts';
import { putTotal } from '../run-totals.ts';
import type { VersionPurpose } from '../schema.ts';
import { insertItems, packItems } from './items.ts';
import { forgetDayOfPartlyRefused } from './partly-refused.ts';
import { OF_A_RELEASE, releaseJob } from './release.ts';
import { lockedVersions } from './turn.ts';

/** What is known of a version besides what it wants. */
export type NewVersion = {
  readonly interface: string;
  readonly run: string;
  /** Of the node that releases it. */
  readonly queue: string;
  readonly purpose: VersionPurpose;
  readonly mappings: readonly string[];
  readonly rules: readonly string[];
  /** The last day of the frozen horizon, `YYYY-MM-DD`. */
  readonly frozenUntil?: string | undefined;
};

/** How a version came off against the baseline and the limits. */
export type Judged = {
  readonly baseline: string | undefined;
  readonly difference: unknown;
  /** Whether it is released without a person. */
  readonly automatic: boolean;
  /** Why it waits for one. */
  readonly why: readonly string[];
  /** Hours after which it expires or is escalated, when it waits. */
  readonly waitHours: number;
  /** Tries of its release. */
  readonly maxAttempts: number;
};

const HOUR = 3_600_000;

export function keepingOf(context: StoreContext, keyDays: number) {
  const { db, dialect } = context;
  return {
    /**
     * Keeps what a run's accepted lines want as an immutable version, and gives its id, `<interface>-<number>`. A run that
     * comes again, because it broke off before it was judged, takes the place of what it left.
     */
    async keep(lease: Held, version: NewVersion, items: readonly VersionItem[]): Promise<string> {
      // Packed under a name of no version, so that the transaction only writes.
      const packed = await packItems('', items);
      return db.transaction().execute(async (tx) => {
        await heldJob(tx, dialect, lease);
        await lockedVersions(tx, dialect, version.interface);
        await tx.deleteFrom('versions').where('run', '=', version.run).where('state', 'in', ['received', 'validated']).execute();
        const run = await tx
          .selectFrom('runs')
          .select(['requester', 'source'])
          .where('id', '=', version.run)
          .executeTakeFirstOrThrow();
        const last = await tx
          .selectFrom('versions')
          .select(({ fn }) => fn.max('number').as('number'))
          .where('interface', '=', version.interface)
          .executeTakeFirst();
        const number = (last?.number ?? 0) + 1;
        const id = `${version.interface}-${number}`;
        const now = Date.now();
        await tx
          .insertInto('versions')
          .values({
            id,
            interface: version.interface,
            number,
            run: version.run,
            queue: version.queue,
            purpose: version.purpose,
            state: 'received',
            requester: run.requester,
            source: run.source,
            mappings: JSON.stringify(version.mappings),
            rules: JSON.stringify(version.rules),
            frozen_until: version.frozenUntil ?? null,
            lines: packed.reduce((total, { lines }) => total + lines, 0),
            quantity: sum(packed.map(({ sent }) => sent)),
            baseline: null,
            previous: null,
            difference: null,
            automatic: 0,
            why: '[]',
            deadline_at: null,
            escalated: 0,
            releases: 0,
            released_on: null,
            created_at: now,
            updated_at: now,
          })
          .execute();
        await insertItems(
          tx,
          packed.map((row) => ({ ...row, version: id })),
        );
        await tx.updateTable('runs').set({ version: id }).where('id', '=', version.run).execute();
        return id;
      });
    },

    /**
     * Notes how a version came off, and stages its release: the job that gives it to the flow, once its run's lines are all
     * accounted for and, where it is not automatic, somebody has approved it.
     */
    async validated(lease: Held, id: string, judged: Judged): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const { kind, created_at: since } = await heldJob(tx, dialect, lease);
        const now = Date.now();
        const version = await tx.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        if (!version.run) throw new Error(`version ${id} is of no run`);
        await tx
          .updateTable('versions')
          .set({
            state: 'validated',
            baseline: judged.baseline ?? null,
            difference: JSON.stringify(judged.difference),
            automatic: judged.automatic ? 1 : 0,
            why: JSON.stringify(judged.why),
            deadline_at: judged.automatic ? null : now + judged.waitHours * HOUR,
            updated_at: now,
          })
          .where('id', '=', id)
          .execute();
        const { run, queue, lines } = version;
        const release = releaseJob(id, 1, { queue, run, maxAttempts: judged.maxAttempts });
        await insertJobs(tx, [await packJob(release)], 'staged', keyDays, Number(since));
        // The lines of the release before stand in this version too.
        if (kind === 'redrive') {
          await forgetDayOfPartlyRefused(tx, run);
          await tx.deleteFrom('run_totals').where('run', '=', run).where('stage', 'in', OF_A_RELEASE).execute();
        }
        await putTotal(tx, run, 'staged', `${queue}/${release.key}`, { lines, quantity: '0', records: 1 });
        await tx.updateTable('runs').set({ handed_over: 1 }).where('id', '=', run).execute();
        const { baseline, automatic, why } = judged;
        const detail = {
          baseline,
          automatic,
          why,
          lines,
          mappings: JSON.parse(version.mappings),
          rules: JSON.parse(version.rules),
        };
        await appendAudit(tx, dialect, { who: 'planbridge', what: 'version.validated', subject: id, run, detail });
      });
    },
  };
}
