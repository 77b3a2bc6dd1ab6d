import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'better-sqlite3';

/** So many changed rows make a transaction large. */
const MANY = 5_000;
/** Pages after which SQLite takes its write-ahead log over by itself: its default. */
const PAGES = 1_000;

/**
 * SQLite takes its write-ahead log over into the file within the commit that makes it long. After a large transaction both
 * together hold up everything else; so that has a turn of its own then.
 */
export function largeCommits(file: Database.Database) {
  const changes = file.prepare<[], number>('select total_changes()').pluck();
  let before = 0;
  return {
    /** Commits, and takes the log over after that where the transaction was large; nobody else begins one meanwhile. */
    async commit(commit: () => Promise<void>): Promise<void> {
      const now = changes.get() ?? 0;
      const isLarge = now - before >= MANY;
      before = now;
      if (!isLarge) return commit();
      file.pragma('wal_autocheckpoint = 0');
      try {
        await commit();
      } finally {
        file.pragma(`wal_autocheckpoint = ${PAGES}`);
      }
      await nextTurn();
      try {
        file.pragma('wal_checkpoint(PASSIVE)');
      } catch {
        // What is committed stands in the log; a disk that is full is told of by whoever writes next.
      }
    },
  };
}
