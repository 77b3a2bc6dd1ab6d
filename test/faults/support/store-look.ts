import Database from 'better-sqlite3';
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';
import type { Tables } from '../../../lib/store/schema.ts';
import { type RunSummary, summaryOf } from '../../../lib/store/summary.ts';

export type JobCount = { readonly queue: string; readonly state: string; readonly count: number; readonly error: string | null };

export type AuditFound = { readonly subject: string; readonly run: string | null; readonly detail: unknown };

/** Looks into a store while Node-RED has it open, and changes nothing. */
export type Look = {
  jobs(): Promise<JobCount[]>;
  runs(): Promise<string[]>;
  summary(run: string): Promise<RunSummary>;
  /** The state of each version, by its id. */
  versions(): Promise<ReadonlyMap<string, string>>;
  /** By reason, those of events. */
  exceptions(): Promise<ReadonlyMap<string, number>>;
  /** The entries of the audit that tell of such a deed. */
  audit(what: string): Promise<readonly AuditFound[]>;
  /** How often the job was cut off that it befell most often. */
  cutOff(): Promise<number>;
  /** Whether there is nothing left to do. */
  drained(): Promise<boolean>;
  close(): Promise<void>;
};

/** `url` is a file's path, or a `postgres://` address. */
export async function lookInto(url: string): Promise<Look> {
  const postgres = url.startsWith('postgres://');
  const dialect = postgres
    ? new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) })
    : new SqliteDialect({ database: new Database(url, { readonly: true }) });
  const db = new Kysely<Tables>({ dialect });
  return {
    async jobs() {
      const counted = await db
        .selectFrom('jobs')
        .select(({ fn }) => ['queue', 'state', fn.countAll().as('count'), fn.max('error').as('error')])
        .groupBy(['queue', 'state'])
        .execute();
      return counted.map((row) => ({ ...row, count: Number(row.count) }));
    },
    async runs() {
      const rows = await db.selectFrom('runs').select('id').where('state', '!=', 'receiving').execute();
      return rows.map(({ id }) => id);
    },
    async summary(run) {
      const summary = await summaryOf({ db, dialect: postgres ? 'postgres' : 'sqlite' }, run);
      if (!summary) throw new Error(`run ${run} is gone`);
      return summary;
    },
    async versions() {
      const rows = await db.selectFrom('versions').select(['id', 'state']).orderBy('number').execute();
      return new Map(rows.map(({ id, state }) => [id, state]));
    },
    async exceptions() {
      const rows = await db
        .selectFrom('exceptions')
        .select(['reason', ({ fn }) => fn.countAll().as('count')])
        .where('run', 'is', null)
        .groupBy('reason')
        .execute();
      return new Map(rows.map(({ reason, count }) => [reason, Number(count)]));
    },
    async audit(what) {
      const rows = await db
        .selectFrom('audit')
        .select(['subject', 'run', 'detail'])
        .where('what', '=', what)
        .orderBy('seq')
        .execute();
      return rows.map(({ detail, ...row }) => ({ ...row, detail: JSON.parse(detail) }));
    },
    async cutOff() {
      const { most } = await db
        .selectFrom('jobs')
        .select(({ fn }) => fn.max('cut_off').as('most'))
        .executeTakeFirstOrThrow();
      return most ?? 0;
    },
    async drained() {
      const open = await db
        .selectFrom('jobs')
        .select('id')
        .where('state', 'in', ['staged', 'pending', 'running'])
        .limit(1)
        .executeTakeFirst();
      return !open;
    },
    close: () => db.destroy(),
  };
}
