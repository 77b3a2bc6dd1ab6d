import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { StoreError } from './errors.ts';
import type { Tables } from './schema.ts';

export type OpenDatabase = { readonly db: Kysely<Tables>; readonly close: () => Promise<void> };

/**
 * Files that this process has open. A redeploy opens the store anew before the old one is closed; both use one
 * connection then, for a second one would wait for the first while it holds up the event loop that the first needs.
 */
const open = new Map<string, { users: number; readonly db: Kysely<Tables>; readonly lock: Database.Database }>();

/**
 * Opens a SQLite file for this process alone. What is committed is on disk: WAL with `synchronous=FULL`.
 * Throws StoreError `busy` when another process has it.
 */
export function openSqlite(path: string): OpenDatabase {
  if (path === ':memory:') {
    const db = connect(path);
    return { db, close: () => db.destroy() };
  }
  mkdirSync(dirname(path), { recursive: true });
  const entry = open.get(path) ?? { users: 0, lock: lockFile(path), db: connect(path) };
  open.set(path, entry);
  entry.users++;
  return {
    db: entry.db,
    close: async () => {
      entry.users--;
      if (entry.users > 0) return;
      open.delete(path);
      await entry.db.destroy();
      entry.lock.close();
    },
  };
}

function connect(path: string): Kysely<Tables> {
  const file = new Database(path);
  file.pragma('journal_mode = WAL');
  file.pragma('synchronous = FULL');
  file.pragma('foreign_keys = ON');
  file.pragma('busy_timeout = 5000');
  if (file.pragma('synchronous', { simple: true }) !== 2)
    throw new StoreError('settings', `SQLite does not write ${path} through to disk (synchronous is not FULL).`);
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: file }) });
}

/**
 * Two processes on one SQLite file starve each other, so a file beside it is locked for as long as the store is open.
 * The lock is a transaction of SQLite's own: the operating system ends it with the process, however that ends.
 */
function lockFile(path: string): Database.Database {
  const lock = new Database(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    const text = `Another process uses the store ${path}. Only one Node-RED can use a SQLite store; several share a PostgreSQL one.`;
    throw new StoreError('busy', text, cause);
  }
}
