import { setImmediate as nextTurn } from 'node:timers/promises';
import { withoutMarks } from '../canonical/marks.ts';
import type { OdooClient } from '../odoo/client.ts';
import { isRefusal } from '../odoo/denied.ts';
import { OdooError } from '../odoo/errors.ts';
import type { WriteOutcome } from '../odoo/write-outcome.ts';
import { actOnce } from './act-once.ts';
import { type Applied, endedBefore } from './applied.ts';
import { type Piece, type Planned, progressOf, sharesOf } from './progress.ts';
import { isRelative } from './relative-values.ts';
import { type Ledger, nothingDone, openLedger } from './sent-once.ts';
import { CalledOff, OutcomePending } from './verdict.ts';
import type { WriteJob } from './write-job.ts';
import { WRITERS } from './writers.ts';

export type Applying = {
  readonly client: OdooClient;
  readonly job: WriteJob;
  readonly signal: AbortSignal;
  /** What earlier tries wrote down. */
  readonly before?: readonly unknown[];
  /** Writes a piece of progress down durably. */
  readonly save?: (piece: Piece) => Promise<void>;
  /** Outcomes that stand already, by place: nothing is sent for these. */
  readonly known?: ReadonlyMap<number, WriteOutcome>;
};

/**
 * Applies a write job to Odoo and gives the outcome of each record, in order. When `signal` is aborted it stops before the
 * next call, never within one.
 *
 * A record whose outcome nobody can tell, because the answer to a `create` or an action was lost and nothing says how to
 * look it up, comes back refused with an OdooError `unknown-outcome`. All records are refused when nothing can be done as
 * the job has it, such as with a field that Odoo does not have: trying again would not help. Throws OdooError for what is
 * about neither, such as Odoo being away, and OutcomePending while Odoo may still be at work on what it did not answer;
 * doing it all again is then safe. Throws CalledOff when stopped.
 */
export async function applyWrite({
  client,
  job,
  signal,
  before = [],
  save = async () => {},
  known = new Map(),
}: Applying): Promise<Applied[]> {
  const pieces = [...before];
  const note = async (piece: Piece) => {
    await save(piece);
    pieces.push(piece);
  };
  const progress = progressOf(before);
  const ledger = openLedger(progress, note);
  const values: Record<string, unknown>[] = [];
  for (const record of job.records) {
    values.push(withoutMarks(record));
    if (values.length % 1_000 === 0) await nextTurn();
  }
  const places = [...values.keys()].filter((place) => !known.has(place));
  /** What this try was about to change; and of that, what it cannot have told yet that it did. */
  const begun = new Set<number>();
  let open: readonly Planned[] = [];
  const plannedBefore = new Map(progress.planned.map((plan) => [plan.index, plan]));
  const plan = async (plans: readonly Planned[]) => {
    if (signal.aborted) throw new CalledOff();
    if (plans.length === 0 || job.dryRun) return;
    // An earlier try was about to do it, and it is not there: a late call of that one's would undo what is written next.
    const at = Date.now();
    const since = plans.reduce((latest, { index }) => Math.max(latest, plannedBefore.get(index)?.at ?? 0), 0);
    const until = since + client.limitMilliseconds;
    if (at < until) throw new OutcomePending(until, false);
    await note({ planned: plans.map((plan) => ({ ...plan, at })) });
    open = plans;
    for (const { index } of plans) begun.add(index);
  };
  // Odoo would not be looked at: what an earlier try did of it is for the replay to find.
  const shareOf = sharesOf(progress);
  const withWhatIsLeft = (outcome: Applied): Applied => {
    const isUnseen = job.operation === 'upsert' && outcome.outcome === 'refused' && !begun.has(outcome.index);
    const left = isUnseen ? shareOf(outcome.index) : undefined;
    return left ? { ...outcome, left } : outcome;
  };
  const inOrder = (outcomes: readonly Applied[]) =>
    [...outcomes, ...known.values()].sort((left, right) => left.index - right.index);
  try {
    const written = await WRITERS[job.operation]({
      client,
      job,
      values,
      places,
      ledger,
      plannedBefore: (place) => plannedBefore.get(place),
      plan,
      done: () => {
        open = [];
      },
      signal,
    });
    const outcomes = written.map((outcome) => asPlannedBefore(outcome, plannedBefore, values)).map(withWhatIsLeft);
    return inOrder(job.followUp && !job.dryRun ? await act(client, job, job.followUp, outcomes, ledger, signal) : outcomes);
  } catch (error) {
    // What refused to be looked at says nothing of what an earlier try has sent.
    if (begun.size > 0 && nothingDone(error)) await note({ atRest: [...begun] });
    // What is kept of the log-in, the models and their fields may be out of date.
    if (error instanceof OdooError) client.refresh();
    if (!isRefusal(error)) throw error;
    const now = progressOf(pieces);
    const unsent = new Set(open.map(({ index }) => index));
    const isSent = ({ index }: Planned) => !unsent.has(index);
    // What is added is worked out anew: this try saw that the earlier addition was not done.
    const stands = (plan: Planned) => !isSent(plan) && !isRelative(values[plan.index] ?? {});
    const planned = [...now.planned.filter(isSent), ...progress.planned.filter(stands)];
    const ended = endedBefore(job, { ...now, planned });
    return inOrder(places.map((index) => ended(index, error)));
  }
}

/** Calls the follow-up on what changed. A record on which it is refused is refused, and tells what was written all the same. */
async function act(
  client: OdooClient,
  job: WriteJob,
  method: string,
  outcomes: Applied[],
  ledger: Ledger,
  signal: AbortSignal,
): Promise<Applied[]> {
  const targets = outcomes.flatMap(({ outcome, id, index }) =>
    id !== undefined && (outcome === 'created' || outcome === 'updated') ? [{ place: index, id }] : [],
  );
  if (targets.length === 0) return outcomes;
  if (signal.aborted) throw new CalledOff();
  const acted = await actOnce({ client, job, ledger, signal, step: `then ${method}`, method, targets });
  return outcomes.map((outcome) => {
    const refused = acted.get(outcome.index);
    return refused ? { ...outcome, changed: outcome.changed ?? {}, outcome: 'refused', ...refused } : outcome;
  });
}

/** What an earlier try planned and this one found done was done by that try. */
function asPlannedBefore(
  outcome: Applied,
  planned: ReadonlyMap<number, Planned>,
  values: readonly Record<string, unknown>[],
): Applied {
  const plan = planned.get(outcome.index);
  // Odoo may hold what was created in a form of its own (HTML, say), and then it was written once more.
  if (plan?.outcome === 'created' && outcome.outcome !== 'refused')
    return { ...outcome, outcome: 'created', changed: values[outcome.index] ?? {} };
  if (!plan || outcome.outcome !== 'unchanged') return outcome;
  const { at: _, ...done } = plan;
  return { ...outcome, ...done };
}
