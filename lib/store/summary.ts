import type { StoreContext } from './context.ts';
import type { RunState } from './schema.ts';
import { totalsOf } from './totals.ts';

export type SummaryException = {
  readonly line: number | null;
  readonly product: string | null;
  readonly location: string | null;
  readonly period: string | null;
  readonly reason: string;
  readonly owner: string;
  readonly action: string;
  readonly message: string;
};

/** How a run stands. Lines are the sender's; `created` and `updated` count records of Odoo's. */
export type RunSummary = {
  readonly run: string;
  readonly state: RunState;
  readonly version: string | null;
  readonly received: number;
  readonly accepted: number;
  readonly held: number;
  readonly rejected: number;
  readonly applied: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly dead: number;
  readonly quantity: { readonly received: number; readonly accepted: number; readonly held: number; readonly rejected: number };
  /** The first hundred, by line. */
  readonly exceptions: readonly SummaryException[];
  readonly exceptionCount: number;
  /** Why the run failed, or what keeps it waiting. */
  readonly error?: string;
};

const MOST_EXCEPTIONS = 100;

/** The summary of a run, or undefined where there is no such run (or it was never accepted). */
export async function summaryOf({ db }: StoreContext, id: string): Promise<RunSummary | undefined> {
  const run = await db.selectFrom('runs').selectAll().where('id', '=', id).where('state', '!=', 'receiving').executeTakeFirst();
  if (!run) return undefined;
  const total = totalsOf(await db.selectFrom('run_totals').selectAll().where('run', '=', id).execute());
  const exceptions = await db
    .selectFrom('exceptions')
    .select(['line', 'product', 'location', 'period', 'reason', 'owner', 'action', 'message'])
    .where('run', '=', id)
    .orderBy('line', (order) => order.asc().nullsLast())
    .orderBy('id')
    .limit(MOST_EXCEPTIONS)
    .execute();
  const counted = await db
    .selectFrom('exceptions')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('run', '=', id)
    .executeTakeFirstOrThrow();
  const held = total('held/mapping', 'held/validation');
  const rejected = total('rejected/mapping', 'rejected/validation');
  const received = total('validated', 'held/mapping', 'rejected/mapping');
  return {
    run: run.id,
    state: run.state,
    version: run.version,
    received: run.lines + total('expanded').lines,
    accepted: total('accepted').lines,
    held: held.lines,
    rejected: rejected.lines,
    applied: total('applied').lines,
    created: total('created').records,
    updated: total('updated').records,
    unchanged: total('unchanged', 'as-released').lines,
    dead: total('dead', 'refused').lines,
    quantity: {
      received: Number(received.quantity),
      accepted: Number(total('accepted').quantity),
      held: Number(held.quantity),
      rejected: Number(rejected.quantity),
    },
    exceptions,
    exceptionCount: Number(counted.count),
    ...(run.error ? { error: run.error } : {}),
  };
}
