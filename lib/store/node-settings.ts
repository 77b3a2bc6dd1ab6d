import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { type AuditEntry, appendAudit } from './audit.ts';
import { canonicalJson } from './canonical-json.ts';
import { chunks, type StoreContext } from './context.ts';
import { pacer } from './pace.ts';
import { redact } from './redact.ts';
import type { NodeSettingsTable } from './schema.ts';

/** A node as it is deployed: its form's fields, its name among them. */
export type DeployedNode = {
  readonly id: string;
  readonly type: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Its credentials are others than before; they themselves are nowhere told. */
  readonly newCredentials?: boolean;
};

export type Deployment = {
  /** What flows they are of: instances with the same flows share it. */
  readonly home: string;
  /** Who deployed them, as the audit names it. */
  readonly who: string;
  readonly nodes: readonly DeployedNode[];
};

type Settings = Readonly<Record<string, unknown>>;

/** Number of PostgreSQL's advisory lock under which deployments are compared one at a time; any fixed number serves. */
const DEPLOYMENT_LOCK = 727_003;

/** The settings of nodes as they were last deployed. */
export type DeployedSettings = ReturnType<typeof deployedSettingsOf>;

export function deployedSettingsOf({ db, dialect }: StoreContext) {
  return {
    /**
     * Compares a deployment with the last one of its home, and tells in the audit which nodes were added, changed (old and
     * new value of each field) and removed. Told once: another instance that deploys the same finds nothing new. Secrets
     * are neither kept nor told.
     */
    async record({ home, who, nodes }: Deployment): Promise<void> {
      const pace = pacer();
      const rows = new Map<string, NodeSettingsTable>();
      for (const { id, type, settings } of nodes) {
        rows.set(id, { home, node: id, type, settings: canonicalJson(redact(settings)) });
        await pace();
      }
      const renewed = nodes.filter(({ newCredentials }) => newCredentials).map(({ id }) => id);
      await db.transaction().execute(async (tx) => {
        if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(DEPLOYMENT_LOCK)})`.execute(tx);
        const known = await tx.selectFrom('node_settings').selectAll().where('home', '=', home).execute();
        const before = new Map(known.map((row) => [row.node, row]));
        const removed = known.filter(({ node }) => !rows.has(node));
        const touched = [...rows.values()].filter(({ node, settings }) => before.get(node)?.settings !== settings);
        const told = new Set([...touched.map(({ node }) => node), ...renewed]);
        const entries = [
          ...[...told].flatMap((node) => {
            const row = rows.get(node);
            return row ? differenceOf(who, before.get(node), row, renewed.includes(node)) : [];
          }),
          ...removed.map((row) => entry(who, 'settings.removed', row, { settings: parsed(row) })),
        ];
        for (const some of chunks(touched))
          await tx
            .insertInto('node_settings')
            .values(some)
            .onConflict((conflict) =>
              conflict.columns(['home', 'node']).doUpdateSet(({ ref }) => ({
                type: ref('excluded.type'),
                settings: ref('excluded.settings'),
              })),
            )
            .execute();
        for (const some of chunks(removed.map(({ node }) => ({ node }))))
          await tx
            .deleteFrom('node_settings')
            .where('home', '=', home)
            .where(
              'node',
              'in',
              some.map(({ node }) => node),
            )
            .execute();
        for (const some of chunks(entries)) {
          await appendAudit(tx, dialect, ...some);
          await pace();
        }
      });
    },
  };
}

function differenceOf(
  who: string,
  before: NodeSettingsTable | undefined,
  after: NodeSettingsTable,
  newCredentials: boolean,
): AuditEntry[] {
  const now = parsed(after);
  if (!before) return [entry(who, 'settings.added', after, { settings: now })];
  // Redacted anew: what this version takes for a secret may stand in what an earlier one kept.
  const old = redact(parsed(before)) as Settings;
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (field) => !isDeepStrictEqual(old[field], now[field]),
  );
  if (fields.length === 0 && !newCredentials) return [];
  const changed = Object.fromEntries(fields.map((field) => [field, { before: old[field], after: now[field] }]));
  return [entry(who, 'settings.changed', after, { changed, ...(newCredentials ? { hidden: ['credentials'] } : {}) })];
}

function entry(who: string, what: string, row: NodeSettingsTable, detail: object): AuditEntry {
  const { name } = parsed(row);
  return { who, what, subject: `${row.type}:${row.node}`, detail: { type: row.type, name, ...detail } };
}

function parsed({ settings }: NodeSettingsTable): Settings {
  return JSON.parse(settings) as Settings;
}
