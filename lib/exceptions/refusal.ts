import type { FlowRecord } from '../canonical/marks.ts';
import { CATALOGUE, type Disposition, type Reason } from './catalogue.ts';

/**
 * A record that a node could not take on, as it leaves by that node's exception output.
 * `message` is for a person: what happened, to what, and what to do next.
 */
export type Refusal = {
  readonly reason: Reason;
  readonly message: string;
  /** Which step refused it; the control totals of validation are balanced against the lines it let through. */
  readonly stage: 'mapping' | 'validation' | 'delivery';
  /** Only where a setting makes it differ from the catalogue's, such as a warning that is made a hold. */
  readonly disposition?: Disposition;
  /** The column or field at fault, as the sender names it. */
  readonly field?: string;
  /** The value at fault, cut to 200 characters. */
  readonly value?: unknown;
  /** The record as it came, without values longer than 1,000 characters. */
  readonly record: FlowRecord;
  /** Line in the sender's file, from 1. */
  readonly line?: number;
  /** The line's quantity as far as it could be read: a decimal as text. */
  readonly quantity?: string;
  readonly product?: string;
  readonly location?: string;
  /** The period as the sender wrote it. */
  readonly period?: string;
  /** File, topic or address that it came from. */
  readonly source?: string;
};

/** What the refusal does to its line: the catalogue's answer, unless the refusal carries its own. */
export function dispositionOf(refusal: Pick<Refusal, 'reason' | 'disposition'>): Disposition {
  return refusal.disposition ?? CATALOGUE[refusal.reason].disposition;
}

const LONGEST_VALUE = 200;
const LONGEST_KEPT = 1_000;
const MOST_FIELDS = 200;

/** A value as a message or a report may show it: at most 200 characters; a list or an object as its JSON. */
export function shortValue(value: unknown): unknown {
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || value === undefined) return value;
  const text = typeof value === 'string' ? value : typeof value === 'object' ? jsonOf(value) : String(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

/**
 * The record as a refusal keeps it: values over 1,000 characters and fields beyond the 200th are left out, so that one
 * bad line cannot fill the store.
 */
export function shortRecord(record: FlowRecord): FlowRecord {
  const kept: [string, unknown][] = [];
  let fields = 0;
  for (const key in record) {
    if (!Object.hasOwn(record, key)) continue;
    if (++fields > MOST_FIELDS) break;
    const value = record[key];
    if (roomAfter(value, LONGEST_KEPT - key.length) >= 0) kept.push([key, value]);
  }
  return Object.fromEntries(kept);
}

function jsonOf(value: object): string {
  if (roomAfter(value, LONGEST_KEPT) < 0) return Array.isArray(value) ? 'a long list' : 'a large object';
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch {
    return 'a value that has no text';
  }
}

/** What is left of `room` characters after the value; stops as soon as it is used up, so neither size nor a circle costs time. */
function roomAfter(value: unknown, room: number): number {
  if (typeof value === 'string') return room - value.length;
  if (typeof value !== 'object' || value === null) return room - 1;
  let left = room - 2;
  for (const key in value) {
    if (left < 0) break;
    left = roomAfter((value as Record<string, unknown>)[key], left - key.length - 1);
  }
  return left;
}
