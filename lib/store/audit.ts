import { type Kysely, type Selectable, sql } from 'kysely';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { chunks } from './context.ts';
import { redact, redactText } from './redact.ts';
import type { AuditTable, Tables } from './schema.ts';

export type AuditEntry = {
  /** A person's login, or the node or worker that acted. */
  readonly who: string;
  /** What was done, such as `run.accepted` or `odoo.written`. */
  readonly what: string;
  /** To what: a run, a job, a record. */
  readonly subject: string;
  readonly run?: string | undefined;
  readonly mapping?: string | undefined;
  /** Old and new values, rules applied, counts. Secrets are taken out. */
  readonly detail?: unknown;
};

/** The first entry's predecessor. */
export const GENESIS = '0'.repeat(64);

/** Number of PostgreSQL's advisory lock under which entries are added one at a time; any fixed number serves. */
const CHAIN_LOCK = 727_001;

/**
 * Adds entries, each of which carries the hash of the one before it, within the caller's transaction: they stand if and
 * only if what they tell of does. Until it ends nobody else adds any, so they come last in it.
 */
export async function appendAudit(
  db: Kysely<Tables>,
  dialect: 'sqlite' | 'postgres',
  ...entries: readonly AuditEntry[]
): Promise<void> {
  if (entries.length === 0) return;
  if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(CHAIN_LOCK)})`.execute(db);
  const last = await db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  let { seq, hash } = last ?? { seq: 0, hash: GENESIS };
  const at = Date.now();
  const rows = entries.map((entry) => {
    const row = {
      seq: ++seq,
      at,
      who: redactText(entry.who),
      what: entry.what,
      subject: redactText(entry.subject),
      run: entry.run ?? null,
      mapping: entry.mapping ?? null,
      detail: canonicalJson(redact(entry.detail ?? {})),
      previous_hash: hash,
    };
    hash = entryHash(row);
    return { ...row, hash };
  });
  for (const some of chunks(rows)) await db.insertInto('audit').values(some).execute();
}

/** The hash of an entry: over all its fields, its predecessor's hash among them. */
export function entryHash(row: Omit<Selectable<AuditTable>, 'hash'>): string {
  const { seq, at, who, what, subject, run, mapping, detail, previous_hash } = row;
  return sha256(canonicalJson({ seq, at, who, what, subject, run, mapping, detail, previous_hash }));
}
