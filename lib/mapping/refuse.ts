import { type FlowRecord, LINE, PLANNED, type PlannedMark, SOURCE, type SourceMark } from '../canonical/marks.ts';
import { readQuantity } from '../canonical/quantity.ts';
import type { Refusal } from '../exceptions/refusal.ts';
import type { Source } from './column.ts';
import type { Fault } from './fault.ts';

const LONGEST_SHOWN = 200;
const LONGEST_KEPT = 1_000;
const MOST_COLUMNS = 100;

/** What a refused record was about, as far as it could be read. */
export type ReadSoFar = {
  readonly product: unknown;
  readonly location: unknown;
  readonly period: unknown;
  readonly quantity: unknown;
};

/** The refusal of one record: what was wrong with which column, and what the record was about. */
export function refuse(record: FlowRecord, column: string | undefined, value: unknown, fault: Fault, known: ReadSoFar): Refusal {
  const shown = shownValue(value);
  const name = column === undefined ? undefined : printable(column).slice(0, LONGEST_SHOWN);
  const subject = [name, shown === undefined ? undefined : `"${shown}"`].filter((part) => part !== undefined).join(': ');
  const line = lineOf(record);
  const quantity = sourceOf(record)?.quantity ?? quantityOf(known.quantity);
  const product = referenceOf(known.product);
  const location = referenceOf(known.location);
  const period = referenceOf(known.period);
  return {
    reason: fault.reason,
    message: `${subject} ${fault.message}.`.trim(),
    stage: 'mapping',
    ...(name !== undefined && { field: name }),
    ...(shown !== undefined && { value: shown }),
    record: kept(record),
    ...(line !== undefined && { line }),
    ...(quantity !== undefined && { quantity }),
    ...(product !== undefined && { product }),
    ...(location !== undefined && { location }),
    ...(period !== undefined && { period }),
  };
}

/** The line of a record, when its mark is one. */
export function lineOf(record: Source): number | undefined {
  const line = record[LINE];
  return typeof line === 'number' && Number.isInteger(line) ? line : undefined;
}

/** The lines behind a record, when its mark is one. */
export function sourceOf(record: Source): SourceMark | undefined {
  const mark = record[SOURCE] as Partial<SourceMark> | null | undefined;
  if (typeof mark !== 'object' || mark === null) return undefined;
  const quantity = readQuantity(mark.quantity);
  return Number.isInteger(mark.lines) && typeof quantity === 'string' ? { lines: mark.lines!, quantity } : undefined;
}

/** What a record plans, when its mark is one. */
export function plannedOf(record: Source): PlannedMark | undefined {
  const mark = record[PLANNED] as Partial<PlannedMark> | null | undefined;
  if (typeof mark?.product !== 'string' || typeof mark.location !== 'string') return undefined;
  return { product: mark.product, location: mark.location };
}

// PostgreSQL cannot hold NUL; its picture can be held and seen.
function printable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '␀') : text;
}

function shownValue(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string')
    return value.length > LONGEST_SHOWN ? `${printable(value.slice(0, LONGEST_SHOWN - 1))}…` : printable(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return value.toString().slice(0, LONGEST_SHOWN);
  return typeof value === 'boolean' ? value : undefined;
}

function referenceOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') return undefined;
  return printable(value.slice(0, LONGEST_SHOWN));
}

function quantityOf(value: unknown): string | undefined {
  const read = readQuantity(value);
  return typeof read === 'string' ? read : undefined;
}

/** The record as it came: without long values, without what is not a plain value, and without columns beyond the hundredth. */
function kept(record: Source): FlowRecord {
  const copy: Record<string, unknown> = {};
  let columns = 0;
  for (const key in record) {
    if (!Object.hasOwn(record, key)) continue;
    if (columns === MOST_COLUMNS) break;
    const value = record[key];
    if (key.length > LONGEST_SHOWN || (typeof value === 'string' && value.length > LONGEST_KEPT)) continue;
    if (typeof value === 'object' && value !== null && key !== SOURCE && key !== PLANNED) continue;
    columns += 1;
    // A column may be called __proto__; assigning it would change the copy instead of filling it.
    Object.defineProperty(copy, printable(key), {
      value: typeof value === 'string' ? printable(value) : typeof value === 'bigint' ? String(value) : value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy as FlowRecord;
}
