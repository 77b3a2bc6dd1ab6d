import { v7 as uuidv7 } from 'uuid';
import { COLUMN, SOURCE, type SourceMark } from '../canonical/marks.ts';
import { fingerprint } from '../exceptions/fingerprint.ts';
import type { Refusal } from '../exceptions/refusal.ts';
import type { Route } from '../exceptions/routing.ts';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { chunks, type Held, heldJob, type StoreContext, type Tx } from './context.ts';
import { sum } from './decimal.ts';
import { putTotal } from './runs.ts';
import type { Stage } from './totals.ts';

/** A refusal with the route it was given. */
export type RoutedRefusal = Refusal & Route;

const HOUR = 3_600_000;

/** Exceptions: what could not go on, whose it is, and what mends it. */
export type Exceptions = ReturnType<typeof exceptionsOf>;

export function exceptionsOf({ db, dialect }: StoreContext) {
  return {
    /**
     * Stores refusals, and counts the held and rejected lines of the run. One that is there already (same run, line,
     * reason and step) is neither stored nor counted again.
     */
    async add(refusals: readonly RoutedRefusal[], run: string | undefined, lease?: Held): Promise<void> {
      const rows = refusals.map((refusal) => rowOf(refusal, run));
      for (const chunk of chunks(rows)) {
        await db.transaction().execute(async (tx) => {
          if (lease) await heldJob(tx, dialect, lease);
          const added = await tx
            .insertInto('exceptions')
            .values(chunk.map(({ lines: _, total: __, ...row }) => row))
            .onConflict((conflict) => conflict.columns(['run', 'subject', 'reason', 'stage']).doNothing())
            .returning('id')
            .execute();
          const ids = new Set(added.map(({ id }) => id));
          if (run)
            await count(
              tx,
              run,
              chunk.filter(({ id }) => ids.has(id)),
            );
        });
      }
    },

    /** The exceptions of a run or of an owner, by line. */
    async list(options: { run?: string; owner?: string; limit?: number } = {}) {
      let query = db
        .selectFrom('exceptions')
        .selectAll()
        .orderBy('line')
        .orderBy('id')
        .limit(options.limit ?? 100);
      if (options.run) query = query.where('run', '=', options.run);
      if (options.owner) query = query.where('owner', '=', options.owner);
      return query.execute();
    },
  };
}

type Row = ReturnType<typeof rowOf>;

function rowOf(refusal: RoutedRefusal, run: string | undefined) {
  const now = Date.now();
  const record = JSON.stringify(refusal.record);
  const source = refusal.record[SOURCE] as SourceMark | undefined;
  return {
    id: uuidv7(),
    run: run ?? null,
    line: refusal.line ?? null,
    // A row of a wide sheet is several lines: its columns tell them apart.
    subject:
      refusal.line === undefined
        ? sha256(canonicalJson(refusal.record))
        : `${refusal.line}/${refusal.field ?? ''}/${refusal.record[COLUMN] ?? ''}`,
    stage: refusal.stage,
    reason: refusal.reason,
    disposition: refusal.disposition,
    severity: refusal.severity,
    owner: refusal.owner,
    action: refusal.action,
    message: refusal.message,
    field: refusal.field ?? null,
    value: refusal.value === undefined ? null : JSON.stringify(refusal.value),
    record,
    product: refusal.product ?? null,
    location: refusal.location ?? null,
    period: refusal.period ?? null,
    quantity: refusal.quantity ?? null,
    source: refusal.source ?? null,
    fingerprint: fingerprint(refusal),
    state: 'open' as const,
    deadline_at: now + refusal.deadlineHours * HOUR,
    created_at: now,
    updated_at: now,
    lines: source?.lines ?? 1,
    total: stageOf(refusal),
  };
}

/**
 * Where the lines of a refusal are counted. Warnings go on and are counted as accepted; what Odoo refused is counted by
 * the job that wrote it. A record that is refused after its lines were accepted stands for all of them.
 */
function stageOf({ disposition, stage, reason }: RoutedRefusal): Stage | undefined {
  if (disposition === 'warning' || reason === 'ODOO_REFUSED' || reason === 'DELIVERY_FAILED') return undefined;
  if (stage === 'delivery' || disposition === 'dead') return 'dead';
  return `${disposition}/${stage}`;
}

async function count(tx: Tx, run: string, added: readonly Row[]): Promise<void> {
  for (const [stage, rows] of Map.groupBy(added, (row) => row.total)) {
    if (!stage) continue;
    const before = await tx
      .selectFrom('run_totals')
      .select(['lines', 'quantity'])
      .where('run', '=', run)
      .where('stage', '=', stage)
      .where('part', '=', 'exceptions')
      .executeTakeFirst();
    await putTotal(tx, run, stage, 'exceptions', {
      lines: rows.reduce((total, row) => total + row.lines, before?.lines ?? 0),
      quantity: sum([before?.quantity ?? '0', ...rows.map((row) => row.quantity ?? '0')]),
      records: 0,
    });
  }
}
