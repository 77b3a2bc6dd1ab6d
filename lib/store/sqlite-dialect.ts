import type Database from 'better-sqlite3';
import { SqliteAdapter, SqliteDialect } from 'kysely';

/** Kysely's SQLite, with what it leaves to chance. */
export class FileDialect extends SqliteDialect {
  constructor(file: Database.Database) {
    super({ database: file });
  }

  override createAdapter(): SqliteAdapter {
    return new FileAdapter();
  }
}

class FileAdapter extends SqliteAdapter {
  /** SQLite takes back a change of the schema like any other: a migration that is cut off leaves nothing behind. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
