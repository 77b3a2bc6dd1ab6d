import { type Kysely, type Selectable, sql } from 'kysely';
import { appendAudit } from '../audit.ts';
import { type Dialect, type Held, heldJob, lockedRun, type StoreContext, type Tx } from '../context.ts';
import { StoreError } from '../errors.ts';
import { insertJobs, type NewJob, packJob } from '../insert-jobs.ts';
import { putTotal, runTotals } from '../run-totals.ts';
import type { Tables, VersionsTable } from '../schema.ts';
import type { Stage } from '../totals.ts';
import type { itemsOf } from './items.ts';
import { odooQueueOf } from './odoo-queue.ts';
import { type Version, versionOf } from './read.ts';
import { lockedVersions, onItsWayToOdoo, toBeTakenBack } from './turn.ts';
import { supersedeWritten } from './written.ts';

/** What a release counts anew each time that it is given to the flow. */
export const OF_A_RELEASE: readonly Stage[] = [
  'staged',
  'as-released',
  'dead',
  'applied',
  'unchanged',
  'refused',
  'created',
  'updated',
];

/** A release that was begun. */
export type Release = {
  readonly version: Version;
  /** The released version that stands in Odoo as of today: what it wants just so is not written again. */
  readonly standing: string | undefined;
  /** The released version of the other purpose: baseline and promotion are told to Odoo together. */
  readonly beside: string | undefined;
  /** What the release's work is keyed by. */
  readonly key: string;
};

/** The job that gives a version to the flow, to be written: its first release, or another one. */
export function releaseJob(version: string, release: number, of: Pick<NewJob, 'queue' | 'run' | 'maxAttempts'>): NewJob {
  return { ...of, kind: 'release', key: `${version}/release-${release}`, payload: { version, release } };
}

export function releasingOf(context: StoreContext, items: ReturnType<typeof itemsOf>) {
  const { db, dialect } = context;
  return {
    /**
     * Begins a version's release, or begins it again: what an earlier emission of it counted and staged is cleared.
     * What Odoo is told depends on the plant's day, so only a version that was released on the same `day` (`YYYY-MM-DD`)
     * counts as standing in Odoo, and with `everything` none does.
     * @throws StoreError `out-of-turn` while another version of the interface is on its way to Odoo, or to be taken back
     */
    async begin(lease: Held, day: string, everything = false): Promise<Release> {
      const release = await db.transaction().execute(async (tx) => {
        const job = await heldJob(tx, dialect, lease);
        const run = job.run ?? '';
        const { version: id = '' } = JSON.parse(await bodyOf(tx, lease.job)) as { version?: string };
        const row = await tx.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        await lockedVersions(tx, dialect, row.interface);
        await lockedRun(tx, dialect, run);
        const back = await toBeTakenBack(tx, row.interface);
        if (back) throw new StoreError('out-of-turn', `${back} is to be taken back; ${id} waits for that.`);
        const first = await onItsWayToOdoo(tx, row.interface, id);
        if (first)
          throw new StoreError(
            'out-of-turn',
            `${first} is on its way to Odoo; ${id} waits for it, because both go to the same records.`,
          );
        const beside = await besideOf(tx, row);
        const baseline = await baselineFor(tx, row);
        if (baseline) await supersedeWritten(tx, id, baseline.id);
        const now = Date.now();
        await tx.deleteFrom('run_totals').where('run', '=', run).where('stage', 'in', OF_A_RELEASE).execute();
        await tx.deleteFrom('jobs').where('run', '=', run).where('state', '=', 'staged').execute();
        await tx
          .updateTable('jobs')
          .set({ state: 'discarded', result: JSON.stringify({ comment: 'Its version was released again.' }), updated_at: now })
          .where('run', '=', run)
          .where('state', '=', sql.lit('dead'))
          .execute();
        await tx.deleteFrom('exceptions').where('run', '=', run).where('stage', '=', 'delivery').execute();
        await tx
          .updateTable('runs')
          .set({ state: 'applying', handed_over: 0, error: null, updated_at: now })
          .where('id', '=', run)
          .execute();
        const values = {
          state: 'releasing' as const,
          previous: baseline?.id ?? row.previous,
          releases: Number(job.key.split('release-').at(-1)),
          released_on: day,
          updated_at: now,
        };
        await tx.updateTable('versions').set(values).where('id', '=', id).execute();
        const standing = everything ? undefined : await standingOn(tx, baseline, day, id);
        return { run, version: versionOf({ ...row, ...values }), standing, beside, key: job.key };
      });
      const { run, version, standing } = release;
      if (standing) {
        const { lines, records } = await items.linesAlike(version.id, standing);
        await db.transaction().execute(async (tx) => {
          await heldJob(tx, dialect, lease);
          await putTotal(tx, run, 'as-released', 'version', { lines, quantity: '0', records });
        });
      }
      return release;
    },

    /** What a release on `day` would go by, as `begin` has it; `previous` is the version whose place it would take. */
    async before(id: string, day: string): Promise<Pick<Release, 'standing' | 'beside'> & { previous: string | undefined }> {
      const row = await db.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      const baseline = await baselineFor(db, row);
      const [standing, beside] = [await standingOn(db, baseline, day, id), await besideOf(db, row)];
      return { previous: baseline?.id, standing, beside };
    },

    /** Keeps what a dry run told of a part of a version; told again, it takes the place of what was there. */
    async addPreview(version: string, part: string, told: readonly unknown[]): Promise<void> {
      const body = JSON.stringify(told);
      await db
        .insertInto('version_previews')
        .values({ version, part, body })
        .onConflict((conflict) => conflict.columns(['version', 'part']).doUpdateSet({ body }))
        .execute();
    },
  };
}

type Row = Selectable<VersionsTable>;

/** The released version whose place this one takes. */
function baselineFor(db: Kysely<Tables>, { id, interface: name, purpose }: Row): Promise<Row | undefined> {
  return db
    .selectFrom('versions')
    .selectAll()
    .where('interface', '=', name)
    .where('purpose', '=', purpose)
    .where('state', '=', 'released')
    .where('id', '!=', id)
    .orderBy('updated_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

const OTHER_PURPOSE = { baseline: 'promotion', promotion: 'baseline', scenario: undefined } as const;

/** The released version of a promotion's baseline, or of a baseline's promotion. */
async function besideOf(db: Kysely<Tables>, { interface: name, purpose }: Row): Promise<string | undefined> {
  const other = OTHER_PURPOSE[purpose];
  if (!other) return undefined;
  const query = db.selectFrom('versions').select('id').where('interface', '=', name).where('purpose', '=', other);
  return (await query.where('state', '=', 'released').orderBy('number', 'desc').limit(1).executeTakeFirst())?.id;
}

/**
 * The baseline's id, where Odoo holds just what that version wants: it was released on the plant's `day`, Odoo took all of
 * it, and no other version of its interface has written since.
 */
async function standingOn(
  db: Kysely<Tables>,
  baseline: Row | undefined,
  day: string,
  releasing: string,
): Promise<string | undefined> {
  if (baseline?.released_on !== day || !baseline.run) return undefined;
  const { id, interface: name, run, updated_at: since } = baseline;
  if ((await runTotals(db, run))('dead', 'refused').lines > 0) return undefined;
  const later = await db
    .selectFrom('versions')
    .select('id')
    .where('interface', '=', name)
    .where('id', 'not in', [id, releasing])
    .where('releases', '>', 0)
    .where('updated_at', '>', since)
    .limit(1)
    .executeTakeFirst();
  return later ? undefined : id;
}

async function bodyOf(tx: Tx, job: string): Promise<string> {
  return (await tx.selectFrom('job_payloads').select('body').where('job', '=', job).executeTakeFirstOrThrow()).body;
}

/** A run's version whose release, or whose intake, is given up: it can be released again, or it never was one. */
export async function breakOffRelease(tx: Tx, run: string, why: string): Promise<void> {
  const to = { received: 'refused', validated: 'refused', releasing: 'approved' } as const;
  for (const [from, state] of Object.entries(to))
    await tx
      .updateTable('versions')
      .set({ state, why: JSON.stringify([why]), updated_at: Date.now() })
      .where('run', '=', run)
      .where('state', '=', from as keyof typeof to)
      .execute();
}

const TRACE_DAYS = 35;

/** Ends the release of a run's version with the run: it takes the place of the version that was released before it. */
export async function endRelease(tx: Tx, dialect: Dialect, run: string): Promise<void> {
  const version = await tx
    .selectFrom('versions')
    .selectAll()
    .where('run', '=', run)
    .where('state', '=', 'releasing')
    .executeTakeFirst();
  if (!version) return;
  const now = Date.now();
  const ofItsKind = () =>
    tx.updateTable('versions').where('interface', '=', version.interface).where('purpose', '=', version.purpose);
  // It, or some of its records, had to be tried again, and a later version was released meanwhile: what that one wrote stands.
  const releaseOf = (state: 'releasing' | 'released') =>
    tx
      .selectFrom('versions')
      .innerJoin('jobs', 'jobs.run', 'versions.run')
      .where('jobs.kind', '=', 'release')
      .where('interface', '=', version.interface)
      .where('purpose', '=', version.purpose)
      .where('versions.state', '=', state);
  const own = releaseOf('releasing').where('versions.id', '=', version.id);
  const overtaken =
    version.releases === 1 &&
    (await releaseOf('released')
      .select('versions.id')
      .where(
        'jobs.created_at',
        '>',
        own.select(({ fn }) => fn.max('jobs.created_at').as('since')),
      )
      .executeTakeFirst()) !== undefined;
  // Where one was released since this release began, it is that one's place.
  const place = overtaken ? undefined : await baselineFor(tx, version);
  const previous = place?.id ?? version.previous;
  if (!overtaken) await ofItsKind().set({ state: 'superseded', updated_at: now }).where('state', '=', 'released').execute();
  const state = overtaken ? ('superseded' as const) : ('released' as const);
  await ofItsKind().set({ state, previous, updated_at: now }).where('id', '=', version.id).execute();
  const key = `${version.id}/trace-${version.releases}`;
  const queue = odooQueueOf(version.queue);
  const trace = { queue, kind: 'trace', key, payload: { version: version.id }, maxAttempts: 12 };
  await insertJobs(tx, [await packJob(trace)], 'pending', TRACE_DAYS);
  const detail = { release: version.releases, supersedes: previous, day: version.released_on };
  await appendAudit(tx, dialect, { who: 'planbridge', what: 'version.released', subject: version.id, run, detail });
}
