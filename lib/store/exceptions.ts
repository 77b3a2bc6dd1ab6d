import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Selectable } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { COLUMN, SOURCE, type SourceMark } from '../canonical/marks.ts';
import { fingerprint } from '../exceptions/fingerprint.ts';
import type { Refusal } from '../exceptions/refusal.ts';
import type { Route } from '../exceptions/routing.ts';
import { type AuditEntry, appendAudit } from './audit.ts';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { type Held, lockedRun, type StoreContext, type Tx, takenJob } from './context.ts';
import { sum } from './decimal.ts';
import { causesFor, forgetCauses } from './desk/causes.ts';
import { redactText } from './redact.ts';
import { countedAs } from './redrive-run.ts';
import { putTotal } from './run-totals.ts';
import type { JobsTable } from './schema.ts';
import type { Stage } from './totals.ts';

/** A refusal with the route it was given. */
export type RoutedRefusal = Refusal & Route;

/** Who raises exceptions, and the `id@version` of the mapping before. */
export type Raised = { readonly who?: string; readonly mapping?: string | undefined };

const HOUR = 3_600_000;

/** Exceptions: what could not go on, whose it is, and what mends it. */
export type Exceptions = ReturnType<typeof exceptionsOf>;

export function exceptionsOf({ db, dialect }: StoreContext) {
  return {
    /**
     * Stores refusals, and counts the held and rejected lines of the run, some hundred in a transaction. One that is there
     * already (same run or event, line, reason and step) is neither stored nor counted again, so that what was cut short can be
     * given again whole. What is not counted may come after the run was released, which does not wait for it. The audit tells
     * of each handful, with the mapping that its records came through.
     */
    async add(refusals: readonly RoutedRefusal[], run: string | undefined, lease?: Held, raised: Raised = {}): Promise<void> {
      for (const some of handfuls(refusals)) {
        const released = some.every((refusal) => !stageOf(refusal));
        await db.transaction().execute(async (tx) => {
          const job = lease && (await takenJob(tx, dialect, lease, { released }));
          if (run) await lockedRun(tx, dialect, run);
          const added = await storeRefusals(tx, some, run, job, raised.mapping);
          await nextTurn();
          if (added.length > 0) await appendAudit(tx, dialect, raisedEntry(added, run, lease?.job, raised));
        });
        // SQLite works within the event loop; others get their turn.
        await nextTurn();
      }
    },

    /** The exceptions of a run or of an owner, by line. */
    async list(options: { run?: string; owner?: string; limit?: number } = {}) {
      let query = db
        .selectFrom('exceptions')
        .selectAll()
        .orderBy('line', (order) => order.asc().nullsLast())
        .orderBy('id')
        .limit(options.limit ?? 100);
      if (options.run) query = query.where('run', '=', options.run);
      if (options.owner) query = query.where('owner', '=', options.owner);
      return query.execute();
    },
  };
}

/** What the audit tells of the refusals of a batch that became exceptions. */
function raisedEntry(
  rows: readonly Row[],
  run: string | undefined,
  job: string | undefined,
  { who = 'planbridge', mapping }: Raised,
): AuditEntry {
  const exceptions = rows.map(({ reason, disposition, line, product, location, period, field, owner }) => ({
    reason,
    disposition,
    owner,
    ...Object.fromEntries(Object.entries({ line, product, location, period, field }).filter(([, value]) => value !== null)),
  }));
  return { who, what: 'exceptions.raised', subject: run ?? job ?? rows[0]?.id ?? '', run, mapping, detail: { exceptions } };
}

/** Stores refusals and counts them for their run, which is locked; answers those that were not there already. */
export async function storeRefusals(
  tx: Tx,
  refusals: readonly RoutedRefusal[],
  run: string | undefined,
  job?: Pick<Selectable<JobsTable>, 'id' | 'kind' | 'key'>,
  mapping?: string,
): Promise<readonly Row[]> {
  if (refusals.length === 0) return [];
  const rows = refusals.map((refusal) => rowOf(refusal, run, job?.id));
  const causes = await causesFor(tx, rows, mapping);
  await nextTurn();
  const causeOf = ({ fingerprint }: Pick<Row, 'fingerprint'>) => causes.byFingerprint.get(fingerprint) ?? null;
  const added = await tx
    .insertInto('exceptions')
    .values(rows.map(({ lines: _, total: __, ...row }) => ({ ...row, cause: causeOf(row) })))
    .onConflict((conflict) => conflict.columns(['scope', 'subject', 'reason', 'stage']).doNothing())
    .returning('id')
    .execute();
  const ids = new Set(added.map(({ id }) => id));
  const fresh = rows.filter(({ id }) => ids.has(id));
  await forgetCauses(tx, causes.opened, new Set(fresh.map(causeOf)));
  if (run) await count(tx, run, fresh, job ? countedAs(job, 'exceptions') : 'exceptions');
  return fresh;
}

/** Exceptions that SQLite stores within a few milliseconds: not too many, and not too much text. */
const MOST_AT_ONCE = 200;
const MOST_TEXT = 500_000;

function* handfuls(refusals: readonly RoutedRefusal[]): Generator<RoutedRefusal[]> {
  let some: RoutedRefusal[] = [];
  let text = 0;
  for (const refusal of refusals) {
    some.push(refusal);
    for (const value of Object.values(refusal.record)) text += typeof value === 'string' ? value.length : 8;
    if (some.length < MOST_AT_ONCE && text < MOST_TEXT) continue;
    yield some;
    some = [];
    text = 0;
  }
  if (some.length > 0) yield some;
}

type Row = ReturnType<typeof rowOf>;

function rowOf(refusal: RoutedRefusal, run: string | undefined, job: string | undefined) {
  const now = Date.now();
  const record = JSON.stringify(refusal.record);
  const source = refusal.record[SOURCE] as SourceMark | undefined;
  const id = uuidv7();
  return {
    id,
    run: run ?? null,
    scope: run ?? job ?? id,
    line: refusal.line ?? null,
    // A row of a wide sheet is several lines: its columns tell them apart.
    subject:
      refusal.line === undefined
        ? sha256(canonicalJson(refusal.record))
        : plain(`${refusal.line}/${refusal.field ?? ''}/${refusal.record[COLUMN] ?? ''}`),
    stage: refusal.stage,
    reason: refusal.reason,
    disposition: refusal.disposition,
    severity: refusal.severity,
    owner: refusal.owner,
    action: refusal.action,
    message: plain(redactText(refusal.message)),
    field: plain(refusal.field),
    value: refusal.value === undefined ? null : JSON.stringify(refusal.value),
    record,
    product: plain(refusal.product),
    location: plain(refusal.location),
    period: plain(refusal.period),
    quantity: refusal.quantity ?? null,
    source: plain(refusal.source),
    fingerprint: plain(redactText(fingerprint(refusal))),
    state: 'open' as const,
    deadline_at: now + refusal.deadlineHours * HOUR,
    created_at: now,
    updated_at: now,
    lines: source?.lines ?? 1,
    total: stageOf(refusal),
  };
}

/** The text as PostgreSQL takes it: it knows no NUL. */
function plain(text: string): string;
function plain(text: string | undefined): string | null;
function plain(text: string | undefined): string | null {
  return text?.replaceAll('\u0000', '\ufffd') ?? null;
}

const COUNTED_BY_JOB: ReadonlySet<string> = new Set(['ODOO_REFUSED', 'DELIVERY_FAILED', 'KEY_CONFLICT']);

/**
 * Where the lines of a refusal are counted. Warnings go on and are counted as accepted; what Odoo refused is counted by
 * the job that wrote it. A record that is refused after its lines were accepted stands for all of them.
 */
function stageOf({ disposition, stage, reason }: RoutedRefusal): Stage | undefined {
  if (disposition === 'warning' || COUNTED_BY_JOB.has(reason)) return undefined;
  if (stage === 'delivery' || disposition === 'dead') return 'dead';
  return `${disposition}/${stage}`;
}

async function count(tx: Tx, run: string, added: readonly Row[], part: string): Promise<void> {
  for (const [stage, rows] of Map.groupBy(added, (row) => row.total)) {
    if (!stage) continue;
    const before = await tx
      .selectFrom('run_totals')
      .select(['lines', 'quantity'])
      .where('run', '=', run)
      .where('stage', '=', stage)
      .where('part', '=', part)
      .executeTakeFirst();
    await putTotal(tx, run, stage, part, {
      lines: rows.reduce((total, row) => total + row.lines, before?.lines ?? 0),
      quantity: sum([before?.quantity ?? '0', ...rows.map((row) => row.quantity ?? '0')]),
      records: 0,
    });
  }
}
