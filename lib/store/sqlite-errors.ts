import { StoreError } from './errors.ts';

/** SQLite's result codes, and the file system's, for a disk without room. The shared memory file is grown on it, too. */
const FULL = /^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)$/;
/** The file cannot be used for now, whatever it was asked. */
const FOR_NOW = /^SQLITE_(IOERR|BUSY|LOCKED|READONLY|CANTOPEN|PROTOCOL|NOMEM|CORRUPT|NOTADB)/;

/** What is no matter of the statement, as the store's error; any other as it is. */
export function sqliteErrorOf(error: unknown): unknown {
  const { code = '', message } = error as { code?: string; message: string };
  if (FULL.test(code))
    return new StoreError('full', 'The disk of the store is full. Free some space on it; it is tried again by itself.', error);
  if (!FOR_NOW.test(code)) return error;
  return new StoreError('unavailable', `The store's file cannot be used: ${message}. Look after its disk.`, error);
}
