import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { entryHash, GENESIS } from './audit.ts';
import { StoreError } from './errors.ts';
import { openPostgres } from './postgres.ts';
import type { Tables } from './schema.ts';

export type AuditReport = {
  readonly entries: number;
  /** The last entry. Written down elsewhere, it shows later that nothing was cut off at the end, which the chain itself cannot. */
  readonly head: { readonly seq: number; readonly hash: string } | undefined;
  /** What is wrong, entry by entry; empty for a chain that holds. */
  readonly faults: readonly { readonly seq: number; readonly what: string }[];
};

const ENTRIES_AT_ONCE = 500;

/**
 * Checks the whole audit of a store: each entry against its hash, its number and the entry before it. It only reads, so it
 * works while Node-RED uses the store.
 * Throws StoreError `settings` where there is no store.
 */
export async function verifyAudit(url: string, password?: string): Promise<AuditReport> {
  const { db, close } = /^postgres(ql)?:\/\//.test(url) ? openPostgres(url, password) : openForReading(url);
  try {
    return await verify(db);
  } finally {
    await close();
  }
}

function openForReading(path: string) {
  if (!existsSync(path)) throw new StoreError('settings', `There is no store at ${path}.`);
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: new Database(path, { readonly: true }) }) });
  return { db, close: () => db.destroy() };
}

async function verify(db: Kysely<Tables>): Promise<AuditReport> {
  const faults: { seq: number; what: string }[] = [];
  let last = { seq: 0, hash: GENESIS };
  let entries = 0;
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', last.seq)
      .orderBy('seq')
      .limit(ENTRIES_AT_ONCE)
      .execute();
    for (const { hash, ...entry } of rows) {
      const { seq } = entry;
      const gap = seq - last.seq - 1;
      if (gap > 0)
        faults.push({ seq, what: `${gap === 1 ? `entry ${seq - 1} is` : `entries ${last.seq + 1} to ${seq - 1} are`} missing` });
      else if (entry.previous_hash !== last.hash)
        faults.push({ seq, what: `entry ${seq} does not follow entry ${last.seq}: one of the two is not what stood there` });
      if (entryHash(entry) !== hash) faults.push({ seq, what: `entry ${seq} was changed` });
      last = { seq, hash };
      entries++;
    }
    if (rows.length < ENTRIES_AT_ONCE) return { entries, head: entries > 0 ? last : undefined, faults };
    await nextTurn();
  }
}
