import type { Selectable } from 'kysely';
import type { StoreContext } from '../context.ts';
import type { VersionPurpose, VersionState, VersionsTable } from '../schema.ts';

/** A forecast version as people see it. Times are ms since 1970. */
export type Version = {
  readonly id: string;
  readonly interface: string;
  readonly run: string | null;
  readonly purpose: VersionPurpose;
  readonly state: VersionState;
  readonly requester: string | null;
  readonly source: string;
  readonly mappings: readonly string[];
  readonly rules: readonly string[];
  readonly frozenUntil: string | null;
  readonly lines: number;
  readonly quantity: string;
  readonly baseline: string | null;
  readonly previous: string | null;
  /** As `lib/forecast/versions/difference.ts` gives it. */
  readonly difference: unknown;
  readonly automatic: boolean;
  /** Why it waits, or ended so. */
  readonly why: readonly string[];
  readonly deadlineAt: number | null;
  readonly releases: number;
  readonly releasedOn: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export function versionOf(row: Selectable<VersionsTable>): Version {
  return {
    id: row.id,
    interface: row.interface,
    run: row.run,
    purpose: row.purpose,
    state: row.state,
    requester: row.requester,
    source: row.source,
    mappings: JSON.parse(row.mappings) as string[],
    rules: JSON.parse(row.rules) as string[],
    frozenUntil: row.frozen_until,
    lines: row.lines,
    quantity: row.quantity,
    baseline: row.baseline,
    previous: row.previous,
    difference: row.difference === null ? null : JSON.parse(row.difference),
    automatic: row.automatic === 1,
    why: JSON.parse(row.why) as string[],
    deadlineAt: row.deadline_at === null ? null : Number(row.deadline_at),
    releases: row.releases,
    releasedOn: row.released_on,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}

export type VersionFilter = {
  readonly interface?: string | undefined;
  readonly state?: VersionState | undefined;
  readonly run?: string | undefined;
};

const MOST_LISTED = 500;

export function readingOf({ db }: StoreContext) {
  return {
    async show(id: string): Promise<Version | undefined> {
      const row = await db.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirst();
      return row && versionOf(row);
    },

    /** The newest first. */
    async list(filter: VersionFilter = {}, limit = 50): Promise<Version[]> {
      let query = db.selectFrom('versions').selectAll().orderBy('created_at', 'desc').orderBy('number', 'desc');
      if (filter.interface) query = query.where('interface', '=', filter.interface);
      if (filter.state) query = query.where('state', '=', filter.state);
      if (filter.run) query = query.where('run', '=', filter.run);
      return (await query.limit(Math.min(limit, MOST_LISTED)).execute()).map(versionOf);
    },

    /** The planning baseline of an interface: its latest released version. */
    async baseline(name: string): Promise<Version | undefined> {
      const row = await db
        .selectFrom('versions')
        .selectAll()
        .where('interface', '=', name)
        .where('purpose', '=', 'baseline')
        .where('state', '=', 'released')
        .orderBy('updated_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && versionOf(row);
    },

    /** The version of a run that was released already: what the run's lines that come again add to. */
    async standingOf(run: string): Promise<string | undefined> {
      const { version } = (await db.selectFrom('runs').select('version').where('id', '=', run).executeTakeFirst()) ?? {};
      if (!version) return undefined;
      const row = await db
        .selectFrom('versions')
        .select('id')
        .where('run', '=', run)
        .where('state', 'in', ['released', 'superseded'])
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.id;
    },

    /** What a dry run said that the release of a version would change. */
    async preview(id: string): Promise<unknown[]> {
      const rows = await db.selectFrom('version_previews').select('body').where('version', '=', id).orderBy('part').execute();
      return rows.flatMap(({ body }) => JSON.parse(body) as unknown[]);
    },
  };
}
