import type { Kysely } from 'kysely';
import { type AuditEntry, appendAudit } from './audit.ts';
import { type Births, birthsOf } from './births.ts';
import { type Breakers, breakersOf } from './breakers.ts';
import type { Dialect, StoreContext } from './context.ts';
import { type DeadLetters, deadLettersOf } from './dead-letters.ts';
import { type Desk, deskOf } from './desk/desk.ts';
import { type Effects, effectsOf } from './effects.ts';
import { StoreError } from './errors.ts';
import { type EventJobs, eventJobsOf } from './event-jobs.ts';
import { type Exceptions, exceptionsOf } from './exceptions.ts';
import { endLeases, type Jobs, jobsOf } from './jobs.ts';
import { migrate } from './migrate.ts';
import { type DeployedSettings, deployedSettingsOf } from './node-settings.ts';
import { openPostgres } from './postgres.ts';
import { sweep } from './retention.ts';
import { type Runs, runsOf } from './runs.ts';
import type { Tables } from './schema.ts';
import { type Settlements, settlementsOf } from './settlement.ts';
import { openSqlite } from './sqlite.ts';
import { type Subscriptions, subscriptionsOf } from './subscriptions.ts';
import { type Turns, turnsOf } from './turns.ts';
import { type Versions, versionsOf } from './versions/versions.ts';

/** The durable store: what is in it survives the process. */
export type Store = {
  readonly dialect: Dialect;
  readonly runs: Runs;
  readonly jobs: Jobs & Settlements & EventJobs;
  readonly deadLetters: DeadLetters;
  readonly effects: Effects;
  readonly breakers: Breakers;
  readonly turns: Turns;
  readonly births: Births;
  readonly subscriptions: Subscriptions;
  readonly exceptions: Exceptions;
  readonly desk: Desk;
  readonly versions: Versions;
  readonly settings: DeployedSettings;
  readonly audit: { append(...entries: readonly AuditEntry[]): Promise<void> };
  /** Takes away what is older than the retention. */
  sweep(): Promise<void>;
  close(): Promise<void>;
};

export type StoreSettings = {
  /** A file's path (SQLite), `:memory:`, or a `postgres://` URL. */
  readonly url: string;
  /** PostgreSQL's password, where the URL carries none. */
  readonly password?: string | undefined;
  /** Days for which idempotency keys, raw lines and finished jobs are kept. */
  readonly retentionDays?: number;
};

/** Opens a store and brings its schema up to date. Throws StoreError `busy`, `newer`, `unavailable`, `full` or `settings`. */
export async function openStore({ url, password, retentionDays = 35 }: StoreSettings): Promise<Store> {
  const postgres = /^postgres(ql)?:\/\//.test(url);
  if (!postgres && /^\w+:\/\//.test(url))
    throw new StoreError('settings', 'The store is a file path or an address that begins with postgres://.');
  if (postgres && !URL.canParse(url))
    throw new StoreError('settings', "The store's address is not one: write postgres://user@host:5432/database.");
  const { db, close, alone } = postgres ? openPostgres(url, password) : openSqlite(url);
  try {
    const store = await storeOf({ db, dialect: postgres ? 'postgres' : 'sqlite' }, close, retentionDays);
    if (alone) await endLeases(db);
    return store;
  } catch (error) {
    await close();
    if (error instanceof StoreError) throw error;
    throw new StoreError('unavailable', `The store does not answer: ${(error as Error).message}`, error);
  }
}

/** A store on a database that is open already. */
export async function storeOf(
  context: StoreContext & { db: Kysely<Tables> },
  close: () => Promise<void>,
  retentionDays = 35,
): Promise<Store> {
  await migrate(context.db);
  await sweep(context, retentionDays);
  return {
    dialect: context.dialect,
    runs: runsOf(context, retentionDays),
    jobs: { ...jobsOf(context, retentionDays), ...settlementsOf(context, retentionDays), ...eventJobsOf(context, retentionDays) },
    deadLetters: deadLettersOf(context),
    effects: effectsOf(context),
    breakers: breakersOf(context),
    turns: turnsOf(context),
    births: birthsOf(context),
    subscriptions: subscriptionsOf(context),
    exceptions: exceptionsOf(context),
    desk: deskOf(context, retentionDays),
    versions: versionsOf(context, retentionDays),
    settings: deployedSettingsOf(context),
    audit: {
      append: (...entries) => context.db.transaction().execute((tx) => appendAudit(tx, context.dialect, ...entries)),
    },
    sweep: () => sweep(context, retentionDays),
    close,
  };
}
