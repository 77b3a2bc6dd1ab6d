import type Database from 'better-sqlite3';
import { type DatabaseConnection, SqliteAdapter, SqliteDialect, SqliteDriver } from 'kysely';
import { largeCommits } from './large-commits.ts';
import { sqliteErrorOf } from './sqlite-errors.ts';

/** Kysely's SQLite, with its errors told as the store's, and with what it leaves open. */
export class FileDialect extends SqliteDialect {
  readonly #file: Database.Database;

  constructor(file: Database.Database) {
    super({ database: file });
    this.#file = file;
  }

  override createAdapter(): SqliteAdapter {
    return new FileAdapter();
  }

  override createDriver(): SqliteDriver {
    return new FileDriver(this.#file);
  }
}

class FileAdapter extends SqliteAdapter {
  /** SQLite takes back a change of the schema like any other: a migration that is cut off leaves nothing behind. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class FileDriver extends SqliteDriver {
  readonly #file: Database.Database;
  readonly #large: ReturnType<typeof largeCommits>;

  constructor(file: Database.Database) {
    super({ database: file });
    this.#file = file;
    this.#large = largeCommits(file);
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      executeQuery: (query) =>
        connection.executeQuery<never>(query).catch((error: unknown) => {
          throw sqliteErrorOf(error);
        }),
      streamQuery: (query, size) => connection.streamQuery(query, size),
    };
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#large.commit(() => super.commitTransaction(connection));
  }

  /** On a full disk SQLite has rolled back by itself, and a second time would be an error that hides the first one. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#file.inTransaction) await super.rollbackTransaction(connection);
  }
}
