import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { tellingPool } from './postgres-pool.ts';
import type { Tables } from './schema.ts';
import type { OpenDatabase } from './sqlite.ts';

const BIGINT = 20;

/** Until a query that gets no answer fails, in milliseconds: a network that swallows everything says nothing. */
const LONGEST_QUERY = 30_000;

/**
 * What PostgreSQL does about a process of ours that is frozen in the midst of a transaction, whose locks all others wait
 * for: it ends the connection after 10 s, also where it was reading an answer. Older servers do not know both.
 */
const END_FROZEN = `select set_config(name, '10s', false) from pg_settings
  where name in ('idle_in_transaction_session_timeout', 'tcp_user_timeout')`;

/** Opens a PostgreSQL database that any number of processes share. `password` is used where the URL carries none. */
export function openPostgres(url: string, password?: string): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: withPassword(url, password),
    max: 8,
    connectionTimeoutMillis: 10_000,
    query_timeout: LONGEST_QUERY,
    keepAlive: true,
    application_name: 'planbridge',
    // Not as parameters of the connection, which a pooler in between would refuse.
    onConnect: (client) => client.query(END_FROZEN),
    // Our bigints are times and sequence numbers, which a number holds; the driver would give text.
    types: {
      getTypeParser: ((oid: number, format: 'text') =>
        oid === BIGINT ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: tellingPool(pool) }) });
  return { db, close: () => db.destroy(), alone: false };
}

/** The driver takes the address's word before any other, an address without a password included; so it goes in there. */
function withPassword(url: string, password: string | undefined): string {
  if (!password) return url;
  const address = new URL(url);
  if (!address.password) address.password = encodeURIComponent(password);
  return address.href;
}
