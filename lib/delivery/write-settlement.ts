import { Decimal } from 'decimal.js';
import { withoutMarks } from '../canonical/marks.ts';
import { fingerprint } from '../exceptions/fingerprint.ts';
import { type Refusal, shortRecord } from '../exceptions/refusal.ts';
import type { WriteOutcome } from '../odoo/write-outcome.ts';
import type { Settlement } from '../store/settlement.ts';
import type { Lost } from './worker.ts';
import { lineOf, sourceOf, type WriteJob, type WriteRecord } from './write-job.ts';

export type WriteResult = Settlement & { readonly outcomes: readonly WriteOutcome[]; readonly refusals: readonly Refusal[] };

type Bounds = { readonly run?: string | undefined; readonly who: string };

/** What is settled for a job whose outcomes are known: totals for its run, dead letters, the audit, and what leaves by the outputs. */
export function settleWrite(job: WriteJob, outcomes: readonly WriteOutcome[], { run, who }: Bounds): WriteResult {
  const having = (...kinds: WriteOutcome['outcome'][]) =>
    outcomes.filter(({ outcome }) => kinds.includes(outcome)).map(({ index }) => job.records[index] ?? {});
  const refused = outcomes.filter(({ outcome }) => outcome === 'refused');
  const refusals = refused.map(({ index, error }) =>
    refusalOf(job.records[index] ?? {}, error?.message ?? 'Odoo gave no reason.'),
  );
  const created = having('created');
  const updated = having('updated');
  const changes = outcomes
    .filter(({ outcome }) => outcome === 'created' || outcome === 'updated')
    .map(({ id, outcome, before, changed }) => ({ id, outcome, before, changed }));
  const counts = {
    created: created.length,
    updated: updated.length,
    unchanged: having('unchanged').length,
    refused: refused.length,
  };
  const detail = { operation: job.operation, followUp: job.followUp, ...counts, changes };
  return {
    outcomes,
    refusals,
    result: counts,
    totals: {
      applied: counted([...created, ...updated]),
      unchanged: counted(having('unchanged')),
      refused: counted(having('refused')),
      created: { ...counted([]), records: created.length },
      updated: { ...counted([]), records: updated.length },
    },
    dead: refusals.map((refusal, at) => ({
      record: job.records[refused[at]?.index ?? 0],
      error: refusal.message,
      fingerprint: fingerprint(refusal),
    })),
    audit:
      job.dryRun || counts.created + counts.updated + counts.refused === 0
        ? []
        : [{ who, what: 'odoo.written', subject: job.model, run, mapping: job.mapping, detail }],
  };
}

/** The lines and the quantity behind records. */
export function counted(records: readonly WriteRecord[]): Lost {
  const sources = records.map(sourceOf);
  return {
    lines: sources.reduce((total, { lines }) => total + lines, 0),
    quantity: sources.reduce((total, { quantity }) => total.plus(quantity), new Decimal(0)).toFixed(),
    records: records.length,
  };
}

function refusalOf(record: WriteRecord, message: string): Refusal {
  const line = lineOf(record);
  return {
    reason: 'ODOO_REFUSED',
    stage: 'delivery',
    message,
    record: shortRecord(withoutMarks(record)),
    quantity: sourceOf(record).quantity,
    ...(line === undefined ? {} : { line }),
  };
}
