import { type Kysely, type Selectable, sql } from 'kysely';
import { canonicalJson, sha256 } from './canonical-json.ts';
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
 * Adds an entry that carries the hash of the one before it, within the caller's transaction: the entry stands if and
 * only if what it tells of does.
 */
export async function appendAudit(db: Kysely<Tables>, dialect: 'sqlite' | 'postgres', entry: AuditEntry): Promise<void> {
  if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(CHAIN_LOCK)})`.execute(db);
  const last = await db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const row = {
    seq: (last?.seq ?? 0) + 1,
    at: Date.now(),
    who: redactText(entry.who),
    what: entry.what,
    subject: redactText(entry.subject),
    run: entry.run ?? null,
    mapping: entry.mapping ?? null,
    detail: canonicalJson(redact(entry.detail ?? {})),
    previous_hash: last?.hash ?? GENESIS,
  };
  await db
    .insertInto('audit')
    .values({ ...row, hash: entryHash(row) })
    .execute();
}

/** The hash of an entry: over all its fields, its predecessor's hash among them. */
export function entryHash(row: Omit<Selectable<AuditTable>, 'hash'>): string {
  const { seq, at, who, what, subject, run, mapping, detail, previous_hash } = row;
  return sha256(canonicalJson({ seq, at, who, what, subject, run, mapping, detail, previous_hash }));
}
