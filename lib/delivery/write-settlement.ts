import { Decimal } from 'decimal.js';
import { PLANNED, type PlannedMark, withoutMarks } from '../canonical/marks.ts';
import type { Reason } from '../exceptions/catalogue.ts';
import { fingerprint } from '../exceptions/fingerprint.ts';
import { type Refusal, shortRecord } from '../exceptions/refusal.ts';
import type { OdooError } from '../odoo/errors.ts';
import type { WriteOutcome } from '../odoo/write-outcome.ts';
import type { AuditEntry } from '../store/audit.ts';
import type { DeadRecord, Settlement } from '../store/settlement.ts';
import type { Total } from '../store/totals.ts';
import type { WrittenRecord } from '../store/versions/written.ts';
import type { Applied } from './applied.ts';
import { KeyConflict } from './known-outcomes.ts';
import { lineOf, sourceOf, type WriteJob, type WriteRecord } from './write-job.ts';

export type WriteResult = Settlement & { readonly outcomes: readonly WriteOutcome[]; readonly refusals: readonly Refusal[] };

type Bounds = { readonly run?: string | undefined; readonly who: string; readonly superseded?: number };

/** Outcomes that one entry of the audit tells of: an entry is written at a stretch, and should not hold up anything else. */
const OUTCOMES_AN_ENTRY = 500;

/** What is settled for a job whose outcomes are known: totals for its run, dead letters, the audit, and what leaves by the outputs. */
export function settleWrite(job: WriteJob, outcomes: readonly Applied[], bounds: Bounds): WriteResult {
  const kinds = Map.groupBy(outcomes, ({ outcome }) => outcome);
  const having = (kind: WriteOutcome['outcome']) => (kinds.get(kind) ?? []).map(({ index }) => job.records[index] ?? {});
  const refused = kinds.get('refused') ?? [];
  const refusals = refused.map(({ index, error }) => refusalOf(job.records[index] ?? {}, error));
  const created = having('created');
  const updated = having('updated');
  const counts = {
    created: created.length,
    updated: updated.length,
    unchanged: having('unchanged').length,
    refused: refused.length,
  };
  return {
    outcomes,
    refusals,
    result: { ...counts, unwritten: refused.filter(({ changed }) => !changed).map(({ index }) => index) },
    totals: {
      applied: counted([...created, ...updated]),
      unchanged: counted(having('unchanged')),
      refused: counted(having('refused')),
      created: { ...counted([]), records: created.length },
      updated: { ...counted([]), records: updated.length },
    },
    dead: refused.map((outcome, at) => deadRecord(job, outcome, refusals[at])),
    audit: job.dryRun ? [] : auditOf(job, outcomes, counts, bounds),
    written: job.dryRun ? [] : writtenOf(job, outcomes),
  };
}

/** What a dry run tells of each record that would change, for a person: by product and place where the records say these. */
export function impactOf({ model, records }: WriteJob, outcomes: readonly WriteOutcome[]): object[] {
  return outcomes
    .filter(({ outcome }) => outcome !== 'unchanged')
    .map(({ index, id, outcome, before, changed, error }) => {
      const planned = records[index]?.[PLANNED] as PlannedMark | undefined;
      return { ...planned, model, record: id, outcome, before, changed, error: error?.message };
    });
}

/** What stands in Odoo now of what the job was about, by product and place where its records say these. */
function writtenOf({ model, records }: WriteJob, outcomes: readonly WriteOutcome[]): WrittenRecord[] {
  return outcomes.flatMap(({ index, id, outcome, before = {}, changed = {} }) => {
    if (id === undefined || (outcome === 'refused' && Object.keys(changed).length === 0)) return [];
    const planned = records[index]?.[PLANNED] as PlannedMark | undefined;
    return [{ place: index, model, record: id, ...planned, outcome, before, changed }];
  });
}

/** What leaves of a job that is not taken on: other work stands under its key. */
export function conflictsOf(job: WriteJob, key: string): Refusal[] {
  const text = `Other work was taken on under the key ${key} before, and stands. Which one is right? Correct the key or the content, then send it again.`;
  const error = new KeyConflict('validation', text, { model: job.model });
  return job.records.map((record) => refusalOf(record, error));
}

/** Old and new values of everything that was written, and what was refused. */
function auditOf(
  job: WriteJob,
  outcomes: readonly WriteOutcome[],
  counts: Readonly<Record<string, number>>,
  { run, who, superseded = 0 }: Bounds,
): AuditEntry[] {
  const told = outcomes
    .filter(({ outcome }) => outcome !== 'unchanged')
    .map(({ id, outcome, before, changed, error }) => ({ id, outcome, before, changed, error: error?.message }));
  const { operation, method, followUp, mappings, rules } = job;
  const entries: AuditEntry[] = [];
  for (let at = 0; at < told.length; at += OUTCOMES_AN_ENTRY) {
    const detail = {
      operation,
      method,
      followUp,
      mappings,
      rules,
      ...counts,
      ...(superseded > 0 ? { superseded } : {}),
      outcomes: told.slice(at, at + OUTCOMES_AN_ENTRY),
    };
    entries.push({ who, what: 'odoo.written', subject: job.model, run, mapping: job.mapping, detail });
  }
  return entries;
}

function deadRecord(
  job: WriteJob,
  { index, id, changed, before, error, left }: Applied,
  refusal: Refusal | undefined,
): DeadRecord {
  // It was written, and only what follows was refused: whoever replays it finds nothing to write, but has to call that.
  const written = changed && id !== undefined && job.followUp !== undefined;
  const planned = [{ index: 0, outcome: 'updated', changed, before }];
  // Odoo answered for what must not be sent twice.
  const answered = [{ step: job.operation, results: [[0, id]] }];
  const sentOnce = job.operation === 'create' || job.operation === 'call';
  const progress = { ...(written ? { planned } : {}), ...(written && sentOnce ? { answered } : {}), ...left };
  return {
    record: job.records[index],
    error: error?.message ?? NO_REASON,
    fingerprint: refusal ? fingerprint(refusal) : '',
    ...(written || left ? { progress } : {}),
  };
}

/** The lines and the quantity behind records. */
export function counted(records: readonly WriteRecord[]): Total {
  const sources = records.map(sourceOf);
  return {
    lines: sources.reduce((total, { lines }) => total + lines, 0),
    quantity: sources.reduce((total, { quantity }) => total.plus(quantity), new Decimal(0)).toFixed(),
    records: records.length,
  };
}

const NO_REASON = 'Odoo gave no reason.';

function reasonOf(error: OdooError | undefined): Reason {
  if (error instanceof KeyConflict) return 'KEY_CONFLICT';
  return error?.code === 'unknown-outcome' ? 'DELIVERY_FAILED' : 'ODOO_REFUSED';
}

function refusalOf(record: WriteRecord, error: OdooError | undefined): Refusal {
  const line = lineOf(record);
  return {
    reason: reasonOf(error),
    stage: 'delivery',
    message: error?.message ?? NO_REASON,
    record: shortRecord(withoutMarks(record)),
    quantity: sourceOf(record).quantity,
    ...(line === undefined ? {} : { line }),
  };
}
