import type { Reason } from '../exceptions/catalogue.ts';
import { appendAudit } from './audit.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Dialect, Tx } from './context.ts';
import { ofFingerprints } from './of-fingerprints.ts';
import type { ExceptionState } from './schema.ts';

/** Lines that a person let go on as they are; numbers as in the sender's file. */
export type ConfirmedLines = { readonly who: string; readonly lines: readonly number[] };

/** What is held until a person says that it is right: nothing in Odoo could mend it. */
const CONFIRMABLE: readonly Reason[] = ['DEVIATION_EXCEEDED'];

/**
 * Notes with a run's intake that `who` lets lines go on that are held for such a reason, of some causes or all, so that
 * they bear it whenever the run is given to the flow. Gives what has been confirmed of the run so far.
 */
export async function confirmLines(
  tx: Tx,
  dialect: Dialect,
  run: string,
  states: readonly ExceptionState[],
  { who, fingerprints }: { readonly who: string; readonly fingerprints?: readonly string[] | undefined },
): Promise<readonly ConfirmedLines[]> {
  const intake = await tx
    .selectFrom('jobs')
    .innerJoin('job_payloads', 'job_payloads.job', 'jobs.id')
    .select(['jobs.id', 'job_payloads.body'])
    .where('jobs.run', '=', run)
    .where('jobs.kind', '=', 'intake')
    .executeTakeFirst();
  if (!intake) return [];
  const payload = JSON.parse(intake.body) as { confirmed?: readonly ConfirmedLines[] };
  const before = payload.confirmed ?? [];
  const query = tx
    .selectFrom('exceptions')
    .select('line')
    .distinct()
    .where('run', '=', run)
    .where('reason', 'in', CONFIRMABLE)
    .where('state', 'in', states)
    .where('line', 'is not', null);
  const found = new Set<number>();
  for (const some of ofFingerprints(query, fingerprints)) for (const { line } of await some.execute()) found.add(Number(line));
  const lines = [...found].sort((one, other) => one - other);
  if (lines.length === 0) return before;
  const confirmed = [...before, { who, lines }];
  const body = canonicalJson({ ...payload, confirmed });
  await tx.updateTable('job_payloads').set({ body }).where('job', '=', intake.id).execute();
  const detail = { lines: lines.length, fingerprints };
  await appendAudit(tx, dialect, { who, what: 'run.lines-confirmed', subject: run, run, detail });
  return confirmed;
}
