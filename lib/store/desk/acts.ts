import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Owner, Severity } from '../../exceptions/catalogue.ts';
import { DEADLINE_HOURS } from '../../exceptions/routing.ts';
import { type AuditEntry, appendAudit } from '../audit.ts';
import type { StoreContext, Tx } from '../context.ts';
import { redactText } from '../redact.ts';
import { redriveRun } from '../redrive-run.ts';
import type { CausesTable, ExceptionState } from '../schema.ts';
import { type Cause, endCauses } from './causes.ts';
import { endLines } from './end-lines.ts';
import type { RunRedriven } from './mendable.ts';
import { type DeskException, shown } from './read.ts';

/** Who acts, and why. `who` is the authenticated person, as the audit names it. */
export type Act = { readonly who: string; readonly comment: string };

/** What came of an act: how the exception stands now, or why it cannot be had. */
export type Acted = { readonly exception: DeskException } | { readonly refused: string; readonly because: 'missing' | 'state' };

/** What came of giving the lines of an exception to the flow again, run by run. */
export type RedrivenCause = Acted & { readonly runs?: readonly RunRedriven[] };

const HOUR = 3_600_000;
const LIVE_STATES: readonly ExceptionState[] = ['open', 'acknowledged', 'waiting'];

/** What people do about exceptions. Each act is audited; one that does not fit the exception's state is refused. */
export function actsOf(context: StoreContext, keyDays: number) {
  const { db, dialect } = context;

  /** Works on an exception that is in one of these states, locked. */
  const acting = async (
    id: string,
    from: readonly ExceptionState[],
    work: (tx: Tx, cause: Cause) => Promise<void>,
  ): Promise<Acted> => {
    const refused = await db.transaction().execute(async (tx): Promise<Acted | undefined> => {
      const query = tx.selectFrom('causes').selectAll().where('id', '=', id);
      const cause = await (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
      if (!cause) return missing(id);
      if (!from.includes(cause.state)) return { refused: `Exception ${id} is ${cause.state} already.`, because: 'state' };
      await work(tx, cause);
      return undefined;
    });
    return refused ?? { exception: await show(id) };
  };

  const show = async (id: string): Promise<DeskException> => {
    const [exception] = await shown(context, await db.selectFrom('causes').selectAll().where('id', '=', id).execute());
    if (!exception) throw new Error(`exception ${id} is gone`);
    return exception;
  };

  const change = async (
    tx: Tx,
    { id, fingerprint, reason }: Cause,
    values: Partial<CausesTable>,
    { who, comment }: Act,
    entry: Pick<AuditEntry, 'what' | 'detail'>,
  ): Promise<void> => {
    const said = comment ? { comment: redactText(comment) } : {};
    await tx
      .updateTable('causes')
      .set({ ...values, ...said, updated_at: Date.now() })
      .where('id', '=', id)
      .execute();
    const detail = { fingerprint, reason, comment, ...(entry.detail as object) };
    await appendAudit(tx, dialect, { who, what: entry.what, subject: id, detail });
  };

  return {
    /** Somebody has seen it, and sees to it. */
    acknowledge: (id: string, act: Act): Promise<Acted> =>
      acting(id, ['open', 'waiting'], (tx, cause) =>
        change(tx, cause, { state: 'acknowledged', wait_until: null }, act, { what: 'exception.acknowledged' }),
      ),

    /** It waits for something until then (ms since 1970); until then it goes to nobody else. */
    wait: (id: string, until: number, act: Act): Promise<Acted> =>
      acting(id, LIVE_STATES, (tx, cause) => {
        const values = {
          state: 'waiting' as const,
          wait_until: until,
          deadline_at: Math.max(cause.deadline_at, until),
          escalate_at: cause.escalate_at === null ? null : Math.max(cause.escalate_at, until),
        };
        return change(tx, cause, values, act, { what: 'exception.waits', detail: { until } });
      }),

    /** Somebody else's from here on, with the time that its severity gives. */
    reassign: (id: string, owner: Owner, act: Act): Promise<Acted> =>
      acting(id, LIVE_STATES, (tx, cause) => {
        const values = {
          state: 'open' as const,
          owner,
          wait_until: null,
          escalate_at: Date.now() + DEADLINE_HOURS[cause.severity as Severity] * HOUR,
          escalated_from: '[]',
          notice: 'reassigned' as const,
        };
        return change(tx, cause, values, act, { what: 'exception.reassigned', detail: { from: cause.owner, to: owner } });
      }),

    /** It is done with: its lines are not waited for any more. */
    async resolve(id: string, act: Act): Promise<Acted> {
      const acted = await acting(id, LIVE_STATES, async (tx) => {
        await endCauses(tx, dialect, [id], { state: 'resolved', ...act });
      });
      if ('refused' in acted) return acted;
      await endLines(context, id);
      return { exception: await show(id) };
    },

    /**
     * Gives its held lines to the flow again, under the runs that they came with. It is resolved with that; what is held
     * once more is a new exception. Lines that were held to be confirmed are confirmed by it. Refused where none of its runs can be given again now.
     */
    async redrive(id: string, { who, comment }: Act): Promise<RedrivenCause> {
      const cause = await db.selectFrom('causes').select(['fingerprint', 'state']).where('id', '=', id).executeTakeFirst();
      if (!cause) return missing(id);
      if (!LIVE_STATES.includes(cause.state)) return { refused: `Exception ${id} is ${cause.state} already.`, because: 'state' };
      const waiting = await db
        .selectFrom('exceptions')
        .select('run')
        .distinct()
        .where('cause', '=', id)
        .where('state', '=', 'open')
        .where('run', 'is not', null)
        .execute();
      const runs: RunRedriven[] = [];
      const asked = { who, why: comment || 'Its lines were given again.', fingerprints: [cause.fingerprint], confirms: true };
      for (const { run } of waiting) {
        if (run !== null) runs.push({ run, ...(await redriveRun(context, keyDays, run, asked)) });
        await nextTurn();
      }
      const [first] = runs;
      if (!first) return { refused: `None of its lines came with a run: resolve it, or send them again.`, because: 'state' };
      if ('refused' in first && runs.every((run) => 'refused' in run)) return { refused: first.refused, because: 'state', runs };
      return { exception: await show(id), runs };
    },
  };
}

const missing = (id: string): Acted => ({ refused: `There is no exception ${id.slice(0, 100)}.`, because: 'missing' });
