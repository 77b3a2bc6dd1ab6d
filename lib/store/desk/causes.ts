import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { appendAudit } from '../audit.ts';
import { chunks, type Dialect, type Tx } from '../context.ts';
import { redactText } from '../redact.ts';
import type { CausesTable, Tables } from '../schema.ts';

/** Causes that somebody still has to see to, in the words of their indexes. */
export const LIVE = sql<boolean>`state in ('open', 'acknowledged', 'waiting')`;

export type Cause = Selectable<CausesTable>;

/** Causes asked about in one statement. */
const MOST_ASKED = 500;

/** Products and places that a cause shows. */
const MOST_SHOWN = 5;

/** What of an exception its cause tells. */
type Raised = Pick<
  CausesTable,
  'fingerprint' | 'reason' | 'disposition' | 'severity' | 'owner' | 'action' | 'message' | 'deadline_at'
> & { readonly product: string | null; readonly location: string | null };

/**
 * The live cause of each fingerprint, opened where there is none; `opened` are the ids of those. One that is there keeps its
 * owner, its state and its deadline, however often its lines come again.
 */
export async function causesFor(
  tx: Tx,
  raised: readonly Raised[],
  mapping: string | null = null,
): Promise<{ readonly byFingerprint: ReadonlyMap<string, string>; readonly opened: readonly string[] }> {
  const groups = Map.groupBy(raised, ({ fingerprint }) => fingerprint);
  // In one order for everybody, so that none waits for another in a circle.
  const fingerprints = [...groups.keys()].sort();
  const now = Date.now();
  const fresh = fingerprints.map((fingerprint) => newCause(groups.get(fingerprint) ?? [], mapping, now));
  const seen = { last_at: now, ...(mapping === null ? {} : { mapping }) };
  // Found and locked in one statement: one that was looked up in another might have ended in between.
  const causes = await tx
    .insertInto('causes')
    .values(fresh)
    .onConflict((conflict) => conflict.column('fingerprint').where(LIVE).doUpdateSet(seen))
    .returning(['id', 'fingerprint', 'products', 'locations'])
    .execute();
  for (const { id, fingerprint, ...before } of causes) {
    const shown = shownOf(groups.get(fingerprint) ?? [], before);
    if (shown.products !== before.products || shown.locations !== before.locations)
      await tx.updateTable('causes').set(shown).where('id', '=', id).execute();
  }
  const byFingerprint = new Map(causes.map(({ id, fingerprint }) => [fingerprint, id]));
  return { byFingerprint, opened: fresh.flatMap(({ id, fingerprint }) => (byFingerprint.get(fingerprint) === id ? [id] : [])) };
}

function newCause(some: readonly Raised[], mapping: string | null, now: number): Cause {
  const [first] = some as [Raised];
  const { fingerprint, reason, disposition, severity, owner, action, message } = first;
  const deadline = some.reduce((earliest, { deadline_at }) => Math.min(earliest, deadline_at), first.deadline_at);
  // A warning held nothing up: it is there to be read, and nobody is called for it.
  const isWarning = disposition === 'warning';
  return {
    id: uuidv7(),
    ...{ fingerprint, reason, disposition, severity, owner, action, message },
    ...shownOf(some, { products: '[]', locations: '[]' }),
    mapping,
    state: 'open',
    comment: null,
    wait_until: null,
    deadline_at: deadline,
    escalate_at: isWarning ? null : deadline,
    escalated_from: '[]',
    notice: isWarning ? null : 'new',
    ending: 0,
    first_at: now,
    last_at: now,
    updated_at: now,
  };
}

/** The first few different products and places, those that were there before first. */
function shownOf(some: readonly Raised[], before: Pick<Cause, 'products' | 'locations'>): Pick<Cause, 'products' | 'locations'> {
  const first = (known: string, column: 'product' | 'location') => {
    const names = new Set(JSON.parse(known) as string[]);
    for (const row of some) {
      const name = row[column];
      if (name !== null && names.size < MOST_SHOWN) names.add(name);
    }
    return JSON.stringify([...names]);
  };
  return { products: first(before.products, 'product'), locations: first(before.locations, 'location') };
}

/** Causes that SQLite ends, and the audit tells of, within a few milliseconds. */
export const ENDED_AT_ONCE = 100;

/** How a cause ends: mended, or overtaken. `who` saw to it, and says what was done. */
export type Ending = { readonly state: 'resolved' | 'expired'; readonly who: string; readonly comment: string };

/**
 * Ends live causes, each audited. Those that still have open lines are marked: their lines are to end likewise, some at a
 * time (`endLines`). Gives the ids of those that this call ended.
 */
export async function endCauses(
  tx: Tx,
  dialect: Dialect,
  ids: readonly string[],
  { state, who, comment }: Ending,
): Promise<string[]> {
  const ended: string[] = [];
  for (const some of chunks(
    ids.map((id) => ({ id })),
    ENDED_AT_ONCE,
  )) {
    const rows = await tx
      .updateTable('causes')
      .set({
        state,
        comment: redactText(comment),
        wait_until: null,
        escalate_at: null,
        notice: sql`case when ${state} = 'resolved' and disposition <> 'warning' then 'resolved' end`,
        ending: ({ exists, ...eb }) =>
          eb
            .case()
            .when(exists(anOpenLine(eb)))
            .then(1)
            .else(0)
            .end(),
        updated_at: Date.now(),
      })
      .where(
        'id',
        'in',
        some.map(({ id }) => id),
      )
      .where(LIVE)
      .returning(['id', 'fingerprint', 'reason'])
      .execute();
    const entries = rows.map(({ id, fingerprint, reason }) => ({
      who,
      what: `exception.${state}`,
      subject: id,
      detail: { fingerprint, reason, comment },
    }));
    await appendAudit(tx, dialect, ...entries);
    ended.push(...rows.map(({ id }) => id));
    await nextTurn();
  }
  return ended;
}

/** Takes causes back that were just opened for exceptions which were there already. */
export async function forgetCauses(tx: Tx, opened: readonly string[], used: ReadonlySet<string | null>): Promise<void> {
  const unused = opened.filter((id) => !used.has(id));
  if (unused.length > 0) await tx.deleteFrom('causes').where('id', 'in', unused).execute();
}

/** An open line of the cause; of another run than `run`, where one is given. */
const anOpenLine = ({ selectFrom }: Pick<ExpressionBuilder<Tables, 'causes'>, 'selectFrom'>, run?: string) => {
  const lines = selectFrom('exceptions').select('exceptions.id').whereRef('exceptions.cause', '=', 'causes.id');
  const open = lines.where('exceptions.state', '=', 'open');
  return run === undefined
    ? open
    : open.where((eb) => eb.or([eb('exceptions.run', 'is', null), eb('exceptions.run', '!=', run)]));
};

/**
 * Locks the live causes of some fingerprints, in the order in which `causesFor` does: no line comes to them until the
 * transaction ends. What is to end because no line waits for it is locked before it is looked whether one does. SQLite
 * has one writer anyway.
 */
export async function lockCauses(tx: Tx, dialect: Dialect, fingerprints: readonly string[]): Promise<void> {
  if (dialect !== 'postgres') return;
  const ordered = [...new Set(fingerprints)].sort().map((fingerprint) => ({ fingerprint }));
  for (const some of chunks(ordered, MOST_ASKED))
    await tx
      .selectFrom('causes')
      .select('id')
      .where(LIVE)
      .where(
        'fingerprint',
        'in',
        some.map(({ fingerprint }) => fingerprint),
      )
      .orderBy(sql`fingerprint collate "C"`)
      .forUpdate()
      .execute();
}

/** Those of some live causes that have no open line left. */
export async function idleCauses(db: Kysely<Tables>, ids: readonly string[]): Promise<Pick<Cause, 'id' | 'fingerprint'>[]> {
  const idle: Pick<Cause, 'id' | 'fingerprint'>[] = [];
  for (const some of chunks(
    ids.map((id) => ({ id })),
    MOST_ASKED,
  )) {
    const query = db
      .selectFrom('causes')
      .select(['id', 'fingerprint'])
      .where(
        'id',
        'in',
        some.map(({ id }) => id),
      )
      .where(LIVE)
      .where((eb) => eb.not(eb.exists(anOpenLine(eb))));
    idle.push(...(await query.execute()));
    await nextTurn();
  }
  return idle;
}

/** The live causes of these fingerprints that a run has open lines of, and no other. */
export async function causesOfRunAlone(
  tx: Tx,
  run: string,
  fingerprints: readonly string[],
): Promise<Pick<Cause, 'id' | 'fingerprint'>[]> {
  const found: Pick<Cause, 'id' | 'fingerprint'>[] = [];
  for (const some of chunks(
    fingerprints.map((fingerprint) => ({ fingerprint })),
    MOST_ASKED,
  )) {
    const query = tx
      .selectFrom('causes')
      .select(['id', 'fingerprint'])
      .where(
        'fingerprint',
        'in',
        some.map(({ fingerprint }) => fingerprint),
      )
      .where(LIVE)
      .where((eb) => eb.exists(anOpenLine(eb)))
      .where((eb) => eb.not(eb.exists(anOpenLine(eb, run))));
    found.push(...(await query.execute()));
  }
  return found;
}
