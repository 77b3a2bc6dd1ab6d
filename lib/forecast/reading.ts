import { type FlowRecord, LINE, UNREADABLE } from '../canonical/marks.ts';
import { readQuantity } from '../canonical/quantity.ts';
import { shortValue } from '../exceptions/refusal.ts';
import type { DaySpan } from './days.ts';
import type { ForecastRun } from './run.ts';

/** A fault that makes a line impossible to understand: where it is, what stands there, and what is wrong with it. */
export type Fault = { readonly field: string | undefined; readonly value: unknown; readonly message: string };

/** A forecast line as far as it could be read; `fault` is the first thing that could not. */
export type ReadLine = {
  readonly record: FlowRecord;
  readonly line: number | undefined;
  readonly product: string;
  readonly location: string;
  /** As the sender wrote it. */
  readonly periodText: string;
  readonly period: DaySpan | undefined;
  /** Plain decimal text; undefined where it could not be read. */
  readonly quantity: string | undefined;
  readonly unit: string | undefined;
  readonly customer: string | undefined;
  readonly channel: string | undefined;
  readonly fault: Fault | undefined;
};

/** Longer than any reference, code or name in Odoo. */
const LONGEST = 200;

/** Reads a line as its rules need it; never throws, whatever stands in the record. */
export function readLine(record: FlowRecord, run: ForecastRun): ReadLine {
  const unreadable = record[UNREADABLE];
  const product = referenceOf(record.product);
  const location = referenceOf(record.location);
  const periodText = referenceOf(record.period);
  const unit = referenceOf(record.uom);
  const customer = referenceOf(record.customer);
  const channel = referenceOf(record.channel);
  const quantity = readQuantity(record.quantity);
  const period = periodText === undefined ? undefined : run.period(periodText);
  let fault: Fault | undefined;
  if (unreadable !== undefined)
    fault = { field: undefined, value: undefined, message: `This row could not be read: ${shortValue(unreadable)}` };
  else if (product === undefined) fault = missing(record, 'product');
  else if (location === undefined) fault = missing(record, 'location');
  else if (periodText === undefined) fault = missing(record, 'period');
  else if (period && 'fault' in period) fault = faulty('period', record.period, period.fault);
  else if (typeof quantity === 'object')
    fault = blank(record.quantity) ? missing(record, 'quantity') : faulty('quantity', record.quantity, quantity.fault);
  else if (unit === undefined && !blank(record.uom)) fault = missing(record, 'uom');
  else if (customer === undefined && !blank(record.customer)) fault = missing(record, 'customer');
  else if (channel === undefined && !blank(record.channel)) fault = missing(record, 'channel');
  const line = record[LINE];
  return {
    record,
    line: typeof line === 'number' ? line : undefined,
    product: product ?? '',
    location: location ?? '',
    periodText: periodText ?? '',
    period: period && 'first' in period ? period : undefined,
    quantity: typeof quantity === 'string' ? quantity : undefined,
    unit,
    customer,
    channel,
    fault,
  };
}

function blank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.length < LONGEST && value.trim() === '');
}

/** Text that can be a reference: not empty, no control characters, not endless. A number is taken as its digits. */
export function referenceOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || value.length > LONGEST) return undefined;
  const trimmed = value.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL cannot be in a PostgreSQL text, so no product of Odoo's can be named by it.
  return trimmed === '' || /[\u0000-\u001f]/.test(trimmed) ? undefined : trimmed;
}

function missing(record: FlowRecord, field: string): Fault {
  const value = record[field];
  if (blank(value)) return { field, value, message: `The column "${field}" is empty.` };
  return {
    field,
    value,
    message: `The column "${field}" holds no text that could be a name: it is too long, or has control characters.`,
  };
}

function faulty(field: string, value: unknown, fault: string): Fault {
  return { field, value, message: `The ${field} "${shortValue(value)}" ${fault}.` };
}
