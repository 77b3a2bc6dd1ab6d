import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import { StoreError } from './errors.ts';
import type { Tables } from './schema.ts';
import { FileDialect } from './sqlite-dialect.ts';
import { sqliteErrorOf } from './sqlite-errors.ts';

export type OpenDatabase = {
  readonly db: Kysely<Tables>;
  readonly close: () => Promise<void>;
  /** Nobody else has it open, nor can: whoever held a lease is gone. */
  readonly alone: boolean;
};

type OpenFile = {
  users: number;
  readonly db: Kysely<Tables>;
  readonly file: Database.Database;
  readonly lock: Database.Database;
};

/**
 * Files that this process has open. A redeploy opens the store anew before the old one is closed; both use one
 * connection then, for a second one would wait for the first while it holds up the event loop that the first needs.
 */
const open = new Map<string, OpenFile>();

/**
 * Opens a SQLite file for this process alone. What is committed is on disk: WAL with `synchronous=FULL`.
 * Throws StoreError `busy` when another process has it, `full` or `settings` when the file cannot be used.
 */
export function openSqlite(url: string): OpenDatabase {
  if (url === ':memory:') {
    const file = connect(url);
    const db = dialectOf(file);
    return { db, close: () => db.destroy(), alone: true };
  }
  const path = resolve(url);
  const entry = open.get(path) ?? openFile(path);
  open.set(path, entry);
  const alone = entry.users === 0;
  entry.users++;
  let closed = false;
  return {
    alone,
    db: entry.db,
    close: async () => {
      if (closed) return;
      closed = true;
      entry.users--;
      if (entry.users > 0) return;
      open.delete(path);
      // Closed before anything is awaited, so that whoever opens the file next finds it free.
      entry.file.close();
      entry.lock.close();
      await entry.db.destroy();
    },
  };
}

function openFile(path: string): OpenFile {
  let lock: Database.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    lock = lockFile(path);
    const file = connect(path);
    return { users: 0, lock, file, db: dialectOf(file) };
  } catch (error) {
    lock?.close();
    const told = sqliteErrorOf(error);
    if (told instanceof StoreError && told.code !== 'unavailable') throw told;
    const text = `The store ${path} cannot be opened: ${(error as Error).message}. Check the path, and that it is a file of Planbridge's.`;
    throw new StoreError('settings', text, error);
  }
}

function connect(path: string): Database.Database {
  const file = new Database(path);
  try {
    const journal = file.pragma('journal_mode = WAL', { simple: true });
    if (path !== ':memory:' && journal !== 'wal')
      throw new StoreError(
        'settings',
        `SQLite keeps no write-ahead log for ${path}, as on some network drives. Put the store on a disk of this machine.`,
      );
    file.pragma('synchronous = FULL');
    if (file.pragma('synchronous', { simple: true }) !== 2)
      throw new StoreError('settings', `SQLite does not write ${path} through to disk (synchronous is not FULL).`);
    file.pragma('foreign_keys = ON');
    file.pragma('busy_timeout = 5000');
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

function dialectOf(file: Database.Database): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new FileDialect(file) });
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
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw cause;
    const text = `Another process uses the store ${path}. Only one Node-RED can use a SQLite store; several share a PostgreSQL one.`;
    throw new StoreError('busy', text, cause);
  }
}
