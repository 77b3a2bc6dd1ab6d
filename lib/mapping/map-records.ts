import { COLUMN, CONFIRMED, type FlowRecord, LINE, PLANNED, SOURCE, UNREADABLE } from '../canonical/marks.ts';
import { requireZone } from '../canonical/period.ts';
import { readQuantity } from '../canonical/quantity.ts';
import { CANONICAL, isCanonical } from '../canonical/schemas.ts';
import type { Refusal } from '../exceptions/refusal.ts';
import { answerLookups, type Draft } from './answer-lookups.ts';
import { isEmpty } from './column.ts';
import { type CompiledRow, type PlacedRow, runSteps, settled } from './compiled-row.ts';
import type { MapOptions, MapResult } from './engine.ts';
import { MappingError } from './errors.ts';
import { Fault } from './fault.ts';
import { group } from './group.ts';
import type { Mapping } from './mapping.ts';
import { Pace } from './pace.ts';
import { lineOf, plannedOf, refuse, sourceOf } from './refuse.ts';
import type { Expander } from './wide-to-long.ts';

export type Compiled = {
  readonly mapping: Mapping;
  readonly name: string;
  readonly rows: readonly CompiledRow[];
  readonly expand: Expander | undefined;
  readonly needsLookups: boolean;
};

/** The engine's loop: every record is drafted row by row, look-ups are answered for the batch, then drafts become records or refusals. */
export async function mapRecords(compiled: Compiled, given: readonly FlowRecord[], options: MapOptions): Promise<MapResult> {
  const { mapping, name, expand, needsLookups } = compiled;
  const { lookups, fields, zone = 'utc', signal } = options;
  requireZone(zone);
  if (needsLookups && !lookups)
    throw new MappingError(`Mapping ${name}`, [
      { code: 'lookups', at: '', message: 'It looks values up in Odoo; choose a server.' },
    ]);
  const rows = placeRows(compiled, fields);
  const finish = finisher(mapping, rows);
  const pace = new Pace(signal);
  const records: FlowRecord[] = [];
  const refusals: Refusal[] = [];
  const drafts: Draft[] = [];
  const scope = { record: {} as FlowRecord, zone };
  let lines = 0;

  const settle = (draft: Draft) => {
    const done = finish(draft);
    if ('reason' in done) refusals.push(done as Refusal);
    else records.push(done);
  };
  const take = (record: FlowRecord) => {
    lines += 1;
    scope.record = record;
    const draft = draftOf(rows, record, scope);
    if (needsLookups) drafts.push(draft);
    else settle(draft);
  };
  for (const record of given) {
    if (pace.due()) await pace.rest();
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      lines += 1;
      refusals.push(refuse({}, undefined, record, new Fault('is not a record'), knownOf(rows, undefined, {})));
    } else if (record[UNREADABLE] !== undefined) {
      lines += 1;
      const why = String(record[UNREADABLE]).slice(0, 500).replace(/\.$/, '');
      refusals.push(refuse(record, undefined, undefined, new Fault(why), knownOf(rows, undefined, record)));
    } else if (expand) {
      for (const long of expand(record)) {
        if (pace.due()) await pace.rest();
        if (!(long instanceof Fault)) take(long);
        else {
          lines += 1;
          refusals.push(refuse(record, undefined, undefined, long, knownOf(rows, undefined, record)));
        }
      }
    } else take(record);
  }
  if (lookups && drafts.length > 0) {
    await answerLookups(rows, drafts, lookups, zone, pace);
    for (const draft of drafts) {
      if (pace.due()) await pace.rest();
      settle(draft);
    }
  }
  return { records: mapping.group ? await group(records, mapping.group, pace) : records, refusals, lines };
}

/** Chooses for each row the field that the target has. */
function placeRows({ rows, name, mapping }: Compiled, fields: ReadonlySet<string> | undefined): PlacedRow[] {
  const placed: PlacedRow[] = [];
  for (const row of rows) {
    const field = fields ? row.to.find((to) => fields.has(to)) : row.to[0];
    if (field !== undefined) placed.push({ row, field });
    else if (row.required || row.to.some((to) => mapping.target?.keys.includes(to)))
      throw new MappingError(`Mapping ${name}`, [
        {
          code: 'target',
          at: `${row.at}.to`,
          message: `${mapping.target?.model ?? 'the target'} has no field ${row.to.join(' or ')}`,
        },
      ]);
  }
  return placed;
}

function draftOf(rows: readonly PlacedRow[], record: FlowRecord, scope: { record: FlowRecord; zone: string }): Draft {
  const values = new Array<unknown>(rows.length);
  const draft: Draft = { record, values, fault: undefined, faultAt: -1 };
  for (let index = 0; index < rows.length; index++) {
    const { row } = rows[index]!;
    const read = row.read(record);
    const value = isEmpty(read) ? undefined : runSteps(row.stages[0]!, read, scope);
    values[index] = row.stages.length > 1 ? value : settled(row, value);
    if (values[index] instanceof Fault && !draft.fault) {
      draft.fault = values[index] as Fault;
      draft.faultAt = index;
    }
  }
  return draft;
}

/** Turns a draft into a record or a refusal; a canonical record is held to its schema. */
function finisher(mapping: Mapping, rows: readonly PlacedRow[]): (draft: Draft) => FlowRecord | Refusal {
  const schema = isCanonical(mapping.to) ? CANONICAL[mapping.to] : undefined;
  const summed = mapping.group?.sum ?? [];
  const indexOf = new Map(rows.map(({ field }, index) => [field, index]));
  const refusalOf = ({ record, values }: Draft, index: number, fault: Fault) =>
    refuse(record, rows[index]?.row.column, rows[index]?.row.raw(record), fault, knownOf(rows, values, record));
  return (draft) => {
    const { record, values, fault, faultAt } = draft;
    if (fault) return refusalOf(draft, faultAt, fault);
    let made: Record<string, unknown> = {};
    for (let index = 0; index < rows.length; index++) if (values[index] !== undefined) made[rows[index]!.field] = values[index];
    if (schema) {
      const checked = schema.safeParse(made);
      if (!checked.success) {
        const issue = checked.error.issues[0]!;
        return refusalOf(draft, indexOf.get(String(issue.path[0])) ?? -1, new Fault(issue.message));
      }
      made = checked.data;
    }
    for (const field of summed) {
      const read = made[field] === undefined ? '0' : readQuantity(made[field]);
      if (typeof read !== 'string') return refusalOf(draft, indexOf.get(field) ?? -1, new Fault(read.fault));
    }
    return marked(made, record);
  };
}

/** The marks that go along with a record; a column of the sender's that begins with `$` does not. */
function marked(made: Record<string, unknown>, record: FlowRecord): FlowRecord {
  const line = lineOf(record);
  if (line !== undefined) made[LINE] = line;
  const source = sourceOf(record);
  if (source) made[SOURCE] = source;
  const planned = plannedOf(record);
  if (planned) made[PLANNED] = planned;
  if (typeof record[COLUMN] === 'string') made[COLUMN] = record[COLUMN];
  if (typeof record[CONFIRMED] === 'string') made[CONFIRMED] = record[CONFIRMED];
  return made;
}

/** What a record is about, for its refusal: as it was mapped, or as it came. */
function knownOf(rows: readonly PlacedRow[], values: readonly unknown[] | undefined, record: FlowRecord) {
  const find = (field: string, asItCame: boolean): unknown => {
    const index = rows.findIndex((placed) => placed.field === field);
    const mapped = index < 0 ? undefined : values?.[index];
    if (!asItCame && mapped !== undefined && !(mapped instanceof Fault)) return mapped;
    const raw = index < 0 ? undefined : rows[index]!.row.raw(record);
    return isEmpty(raw) && Object.hasOwn(record, field) ? record[field] : raw;
  };
  const quantityAt = rows.findIndex((placed) => placed.field === 'quantity');
  const quantity = quantityAt >= 0 && values ? values[quantityAt] : find('quantity', true);
  return { product: find('product', false), location: find('location', false), period: find('period', true), quantity };
}
