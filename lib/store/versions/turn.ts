import { type Kysely, type Selectable, sql } from 'kysely';
import type { Dialect, Tx } from '../context.ts';
import { GIVES_TO_THE_FLOW } from '../insert-jobs.ts';
import type { Tables, VersionsTable } from '../schema.ts';
import { odooQueueOf, rollBackKeyOf } from './odoo-queue.ts';

/** What nobody has got on with for so long, because its node is gone or its Odoo stays away, keeps others waiting no more. */
const LONGEST_WAIT = 86_400_000;

type Row = Selectable<VersionsTable>;

/** Lets one transaction at a time number, decide, begin to release or take back the versions of an interface; SQLite has only one anyway. */
export async function lockedVersions(tx: Tx, dialect: Dialect, name: string): Promise<void> {
  if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(hashtext(${`version ${name}`}))`.execute(tx);
}

/** The interface and run of a version, the versions of the interface locked likewise; undefined where there is no such version. */
export async function lockedVersionsOf(tx: Tx, dialect: Dialect, id: string) {
  const of = await tx.selectFrom('versions').select(['interface', 'run']).where('id', '=', id).executeTakeFirst();
  if (of) await lockedVersions(tx, dialect, of.interface);
  return of;
}

const APPROVED = ['approved', 'releasing', 'released'] as const;

/** A newer version that is on its way to Odoo or there. */
export async function approvedAfter(tx: Tx, { interface: name, purpose, number }: Row): Promise<string | undefined> {
  const newer = await tx
    .selectFrom('versions')
    .select('id')
    .where('interface', '=', name)
    .where('purpose', '=', purpose)
    .where('number', '>', number)
    .where('state', 'in', APPROVED)
    .limit(1)
    .executeTakeFirst();
  return newer?.id;
}

/** A version of a forecast that was accepted later, and is on its way to Odoo or there. A run that is replayed is meant to go over it. */
export async function overtakenBy(tx: Tx, { interface: name, purpose }: Row, run: string): Promise<string | undefined> {
  const { created_at: accepted, replays } = await tx
    .selectFrom('runs')
    .select(['created_at', 'replays'])
    .where('id', '=', run)
    .executeTakeFirstOrThrow();
  if (replays > 0) return undefined;
  const newer = await tx
    .selectFrom('versions')
    .innerJoin('runs', 'runs.id', 'versions.run')
    .select('versions.id')
    .where('versions.interface', '=', name)
    .where('purpose', '=', purpose)
    .where('versions.state', 'in', APPROVED)
    .where('runs.created_at', '>', accepted)
    .limit(1)
    .executeTakeFirst();
  return newer?.id;
}

/**
 * A version of the interface, other than `besides`, that is on its way to Odoo: it is given to the flow right now, or has
 * still something to write. One whose release broke off is not: it begins anew, and goes by what it finds then.
 */
export async function onItsWayToOdoo(db: Kysely<Tables>, name: string, besides: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('versions')
    .innerJoin('jobs', 'jobs.run', 'versions.run')
    .select('versions.id')
    .where('versions.interface', '=', name)
    .where('versions.id', '!=', besides)
    .where('versions.state', '=', 'releasing')
    .where('versions.updated_at', '>', Date.now() - LONGEST_WAIT)
    .where('jobs.state', 'in', ['pending', 'running'])
    .where(({ eb, or }) => or([eb('jobs.kind', '!=', 'release'), eb('jobs.state', '=', 'running')]))
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** A released version of the interface that is to be taken back, or is being taken back right now; one whose roll-back was given up is not. */
export async function toBeTakenBack(db: Kysely<Tables>, name: string): Promise<string | undefined> {
  const released = await db
    .selectFrom('versions')
    .select(['id', 'queue', 'releases'])
    .where('interface', '=', name)
    .where('state', '=', 'released')
    .execute();
  for (const version of released) {
    const job = await db
      .selectFrom('jobs')
      .select('id')
      .where('queue', '=', odooQueueOf(version.queue))
      .where('key', '=', rollBackKeyOf(version))
      .where('state', 'in', ['pending', 'running'])
      .where('updated_at', '>', Date.now() - LONGEST_WAIT)
      .executeTakeFirst();
    if (job) return version.id;
  }
  return undefined;
}

/** Whether something of a run is still to be written, as where its dead letters are replayed. */
export async function isToBeWritten(db: Kysely<Tables>, run: string): Promise<boolean> {
  const job = await db
    .selectFrom('jobs')
    .select('id')
    .where('run', '=', run)
    .where('state', 'in', ['pending', 'running'])
    .where('kind', 'not in', GIVES_TO_THE_FLOW)
    .limit(1)
    .executeTakeFirst();
  return job !== undefined;
}
