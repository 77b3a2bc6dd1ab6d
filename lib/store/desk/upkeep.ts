import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Owner, Severity } from '../../exceptions/catalogue.ts';
import type { NextOwner } from '../../exceptions/escalation.ts';
import { DEADLINE_HOURS } from '../../exceptions/routing.ts';
import { appendAudit } from '../audit.ts';
import { chunks, type StoreContext, type Tx } from '../context.ts';
import { type CauseNotice, REACHED_ODOO, type Tables } from '../schema.ts';
import { type Cause, ENDED_AT_ONCE, type Ending, endCauses, idleCauses, LIVE, lockCauses } from './causes.ts';
import { endLines } from './end-lines.ts';
import { type DeskException, shown } from './read.ts';

/** What has become of an exception, to be told to those whom it concerns. */
export type DeskNotice = { readonly what: CauseNotice; readonly exception: DeskException };

const HOUR = 3_600_000;
const AT_ONCE = 200;
const ITSELF = 'planbridge';

/** What time and newer runs do to exceptions. Of several instances each does what the others have left. */
export function upkeepOf(context: StoreContext) {
  const { db, dialect } = context;
  return {
    /**
     * Expires what newer runs have overtaken, opens anew what has waited long enough, and ends what has no line left to
     * wait for it.
     */
    async tend(): Promise<void> {
      await expireOvertaken(context);
      const ending = await db.selectFrom('causes').select('id').where(sql<boolean>`ending = 1`).execute();
      for (const { id } of ending) await endLines(context, id);
      const now = Date.now();
      await db
        .updateTable('causes')
        .set({ state: 'open', wait_until: null, updated_at: now })
        .where(LIVE)
        .where('state', '=', 'waiting')
        .where('wait_until', '<=', now)
        .execute();
      await endIdle(context);
    },

    /**
     * Gives exceptions whose time is over to the next owner, who has the time that their severity gives. Where there is
     * none, or that one had it before, it stays, and is told of once.
     */
    async escalate(next: NextOwner, now = Date.now()): Promise<void> {
      const some = () =>
        db.transaction().execute(async (tx) => {
          const query = tx
            .selectFrom('causes')
            .selectAll()
            .where(LIVE)
            .where('escalate_at', '<=', now)
            .orderBy('escalate_at')
            .limit(AT_ONCE);
          const late = await (dialect === 'postgres' ? query.forUpdate().skipLocked() : query).execute();
          // Those of one owner, way and severity go on alike.
          const alike = Map.groupBy(late, ({ owner, severity, escalated_from }) => `${owner} ${severity} ${escalated_from}`);
          for (const some of alike.values()) await goOn(tx, some, next, now);
          const entries = late.map((cause) => ({
            who: ITSELF,
            what: 'exception.escalated',
            subject: cause.id,
            detail: {
              fingerprint: cause.fingerprint,
              reason: cause.reason,
              from: cause.owner,
              to: nextOf(cause, next) ?? cause.owner,
            },
          }));
          await appendAudit(tx, dialect, ...entries);
          return late.length;
        });
      while ((await some()) > 0) await nextTurn();
    },

    /** What has become of exceptions that nobody was told yet; each is told once, by whoever takes it. */
    async takeNotices(limit = AT_ONCE): Promise<DeskNotice[]> {
      const taken = await db.transaction().execute(async (tx) => {
        const query = tx.selectFrom('causes').selectAll().where(sql<boolean>`notice is not null`).orderBy('id').limit(limit);
        const rows = await (dialect === 'postgres' ? query.forUpdate().skipLocked() : query).execute();
        const ids = rows.map(({ id }) => id);
        if (ids.length > 0) await tx.updateTable('causes').set({ notice: null }).where('id', 'in', ids).execute();
        return rows;
      });
      const exceptions = await shown(context, taken);
      return exceptions.flatMap((exception, at) => {
        const what = taken[at]?.notice;
        return what ? [{ what, exception }] : [];
      });
    },
  };
}

async function goOn(tx: Tx, causes: readonly Cause[], next: NextOwner, now: number): Promise<void> {
  const [cause] = causes;
  if (!cause) return;
  const owner = nextOf(cause, next);
  const values = owner
    ? {
        owner,
        state: 'open' as const,
        escalate_at: now + DEADLINE_HOURS[cause.severity as Severity] * HOUR,
        escalated_from: JSON.stringify([...(JSON.parse(cause.escalated_from) as string[]), cause.owner]),
        notice: 'escalated' as const,
      }
    : { escalate_at: null, notice: 'overdue' as const };
  await tx
    .updateTable('causes')
    .set({ ...values, updated_at: now })
    .where(
      'id',
      'in',
      causes.map(({ id }) => id),
    )
    .execute();
}

/** The owner after this one; undefined at the end of the way, and where it would come to one that had it before. */
function nextOf({ owner, escalated_from }: Pick<Cause, 'owner' | 'escalated_from'>, next: NextOwner): Owner | undefined {
  const after = next[owner as Owner];
  return after && after !== owner && !(JSON.parse(escalated_from) as string[]).includes(after) ? after : undefined;
}

/** Expires the open exceptions of runs whose interface (`name`, or any) has a newer run that has reached Odoo. */
export async function expireOvertaken(context: StoreContext, name?: string): Promise<void> {
  for (const run of await overtaken(context.db, name)) await expireRun(context, run);
}

async function overtaken(db: Kysely<Tables>, name: string | undefined): Promise<string[]> {
  let query = db.selectFrom('runs').select('id');
  if (name !== undefined) query = query.where('interface', '=', name);
  const rows = await query
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('exceptions')
          .select('exceptions.id')
          .whereRef('exceptions.run', '=', 'runs.id')
          .where(sql<boolean>`exceptions.state = 'open'`),
      ),
    )
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('runs as newer')
          .select('newer.id')
          .whereRef('newer.interface', '=', 'runs.interface')
          .whereRef('newer.created_at', '>', 'runs.created_at')
          .where('newer.state', 'in', REACHED_ODOO),
      ),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/** Expires a run's open exceptions, some at a time, and the causes that no other line waits for. */
async function expireRun(context: StoreContext, run: string): Promise<void> {
  const { db } = context;
  const causes = new Set<string>();
  const open = db.selectFrom('exceptions').select('id').where('run', '=', run).where(sql<boolean>`state = 'open'`).limit(AT_ONCE);
  for (;;) {
    const gone = await db
      .updateTable('exceptions')
      .set({ state: 'expired', updated_at: Date.now() })
      .where('id', 'in', open)
      .returning('cause')
      .execute();
    if (gone.length === 0) break;
    for (const { cause } of gone) if (cause !== null) causes.add(cause);
    await nextTurn();
  }
  await endThoseIdle(context, [...causes], EXPIRED);
}

const EXPIRED = {
  state: 'expired',
  who: ITSELF,
  comment: 'A newer run has reached Odoo: its own exceptions count.',
} as const;

const LINELESS = { state: 'resolved', who: ITSELF, comment: 'No line waits for it any more.' } as const;

/** Ends those of some causes that have no open line left, some in a transaction. */
async function endThoseIdle({ db, dialect }: StoreContext, ids: readonly string[], ending: Ending): Promise<void> {
  for (const some of chunks(await idleCauses(db, ids), ENDED_AT_ONCE))
    await db.transaction().execute(async (tx) => {
      await lockCauses(
        tx,
        dialect,
        some.map(({ fingerprint }) => fingerprint),
      );
      const idle = await idleCauses(
        tx,
        some.map(({ id }) => id),
      );
      await endCauses(
        tx,
        dialect,
        idle.map(({ id }) => id),
        ending,
      );
    });
}

/** Live causes looked through in one statement. */
const WINDOW = 1_000;

/**
 * Ends live causes without an open line: those of a run that was replayed and went through, or that ended while a process
 * died. Nothing is ended while a run is on its way, for its exceptions may have been cleared to be raised again.
 */
async function endIdle(context: StoreContext): Promise<void> {
  const { db } = context;
  const onItsWay = await db.selectFrom('runs').select('id').where('state', '=', 'received').limit(1).executeTakeFirst();
  if (onItsWay) return;
  let last = '';
  for (;;) {
    const rows = await db
      .selectFrom('causes')
      .select('id')
      .where(LIVE)
      .where('id', '>', last)
      .orderBy('id')
      .limit(WINDOW)
      .execute();
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return;
    last = ids.at(-1) ?? '';
    await endThoseIdle(context, ids, LINELESS);
    await nextTurn();
  }
}
