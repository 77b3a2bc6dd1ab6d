import type { FlowRecord } from '../canonical/marks.ts';
import type { Reason } from './catalogue.ts';

/**
 * A record that a node could not take on, as it leaves by that node's exception output.
 * `message` is for a person: what happened, to what, and what to do next.
 */
export type Refusal = {
  readonly reason: Reason;
  readonly message: string;
  /** Which step refused it; the control totals of validation are balanced against the lines it let through. */
  readonly stage: 'mapping' | 'validation' | 'delivery';
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
