import { setImmediate as nextTurn } from 'node:timers/promises';
import { withoutMarks } from '../canonical/marks.ts';
import { actOn } from '../odoo/act.ts';
import type { OdooClient } from '../odoo/client.ts';
import { OdooError } from '../odoo/errors.ts';
import type { WriteOutcome } from '../odoo/write-outcome.ts';
import { actOnce } from './act-once.ts';
import type { Planned, Progress } from './progress.ts';
import { type Ledger, openLedger } from './sent-once.ts';
import { CalledOff } from './verdict.ts';
import type { WriteJob } from './write-job.ts';
import { WRITERS } from './writers.ts';

export { Progress } from './progress.ts';

/** Actions that may be called again after an unknown outcome, and why. */
const REPEATABLE: Readonly<Record<string, string>> = {
  action_replenish: 'orders only what the stock forecast still lacks',
};

/**
 * Applies a write job to Odoo and gives the outcome of each record, in order. `save` stores a piece of progress durably;
 * `before` is what earlier tries stored. When `signal` is aborted it stops before the next call, never within one.
 *
 * A record whose outcome cannot be known, because the answer to a `create` or an action was lost, comes back refused with
 * an OdooError `unknown-outcome`. So do all records when Odoo refuses the job as such: trying again would not help.
 * Throws OdooError for what is about neither, such as Odoo being away; doing it again is then safe. Throws CalledOff when stopped.
 */
export async function applyWrite(
  client: OdooClient,
  job: WriteJob,
  before: Progress,
  save: (piece: Progress) => Promise<void>,
  signal: AbortSignal,
): Promise<WriteOutcome[]> {
  const ledger = openLedger(before, save);
  const values: Record<string, unknown>[] = [];
  for (const record of job.records) {
    values.push(withoutMarks(record));
    if (values.length % 1_000 === 0) await nextTurn();
  }
  const planned: Planned[] = [...before.planned];
  const plan = async (plans: readonly Planned[]) => {
    if (signal.aborted) throw new CalledOff();
    if (plans.length === 0 || job.dryRun) return;
    planned.push(...plans);
    await save({ planned: [...plans], answered: [], unknown: [] });
  };
  try {
    const written = await WRITERS[job.operation]({ client, job, values, ledger, plan, signal });
    const outcomes = written.map((outcome) => asPlannedBefore(outcome, before.planned));
    return job.followUp && !job.dryRun ? await act(client, job, job.followUp, outcomes, ledger, signal) : outcomes;
  } catch (error) {
    // What is kept of the log-in, the models and their fields may be out of date.
    if (error instanceof OdooError) client.refresh();
    if (!isRefusal(error)) throw error;
    return values.map((changed, index) => {
      const id = ledger.answered('create', index);
      return id === undefined ? { index, outcome: 'refused', error } : { index, id, outcome: 'created', changed };
    });
  }
}

/** Calls the follow-up on what changed. A record on which it is refused is refused, and tells what was written all the same. */
async function act(
  client: OdooClient,
  job: WriteJob,
  method: string,
  outcomes: WriteOutcome[],
  ledger: Ledger,
  signal: AbortSignal,
): Promise<WriteOutcome[]> {
  const changed = outcomes.flatMap(({ outcome, id, index }) =>
    id !== undefined && (outcome === 'created' || outcome === 'updated') ? [{ place: index, id }] : [],
  );
  if (changed.length === 0) return outcomes;
  if (signal.aborted) throw new CalledOff();
  const errors = new Map<number, OdooError>();
  if (REPEATABLE[method]) {
    const { context, batchSize, model } = job;
    const ids = changed.map(({ id }) => id);
    const { refused } = await actOn(client, model, method, ids, { context, batchSize });
    const places = new Map(changed.map(({ place, id }) => [id, place]));
    for (const { id, error } of refused) errors.set(places.get(id) ?? -1, error);
  } else {
    const acted = await actOnce({ client, job, ledger, signal, step: `then ${method}`, method, targets: changed });
    for (const [place, error] of acted) errors.set(place, error);
  }
  return outcomes.map((outcome) => {
    const error = errors.get(outcome.index);
    return error ? { ...outcome, changed: outcome.changed ?? {}, outcome: 'refused', error } : outcome;
  });
}

/** What an earlier try planned and this one found done was done by that try. */
function asPlannedBefore(outcome: WriteOutcome, planned: readonly Planned[]): WriteOutcome {
  if (outcome.outcome !== 'unchanged' || planned.length === 0) return outcome;
  const done = planned.find(({ index }) => index === outcome.index);
  return done ? { ...outcome, ...done } : outcome;
}

/** Whether Odoo refused the job as such: a field or model that it does not have or that this user may not touch. */
function isRefusal(error: unknown): error is OdooError {
  if (!(error instanceof OdooError)) return false;
  if (error.code === 'access') return error.exception?.endsWith('AccessError') ?? false;
  return error.code === 'validation' || error.code === 'redirect' || error.code === 'not-found';
}
