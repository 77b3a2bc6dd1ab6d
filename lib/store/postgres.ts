import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Tables } from './schema.ts';
import type { OpenDatabase } from './sqlite.ts';

const BIGINT = 20;

/** Opens a PostgreSQL database that any number of processes share. `password` is used where the URL carries none. */
export function openPostgres(url: string, password?: string): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: withPassword(url, password),
    max: 8,
    connectionTimeoutMillis: 10_000,
    application_name: 'planbridge',
    // Our bigints are times and sequence numbers, which a number holds; the driver would give text.
    types: {
      getTypeParser: ((oid: number, format: 'text') =>
        oid === BIGINT ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // A connection that breaks while idle is replaced at the next use; unheard, its error would end the process.
  pool.on('error', () => undefined);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy(), alone: false };
}

/** The driver takes the address's word before any other, an address without a password included; so it goes in there. */
function withPassword(url: string, password: string | undefined): string {
  if (!password) return url;
  const address = new URL(url);
  if (!address.password) address.password = encodeURIComponent(password);
  return address.href;
}
