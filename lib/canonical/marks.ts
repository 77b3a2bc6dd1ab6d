/**
 * Marks that a record carries from node to node beside its own fields. They begin with `$`, so that they can never be
 * taken for a column or an Odoo field; nothing that begins with `$` is ever written to Odoo.
 */

/** The line of the file or message that the record came from, counted from 1 as a person reading the file would. */
export const LINE = '$line';

/** Why a row could not be read at all (a quote that never closes, too many columns); mapping turns it into `MALFORMED`. */
export const UNREADABLE = '$unreadable';

/** The column that a record made from a wide one came from; with the line, it tells the cell. */
export const COLUMN = '$column';

/** What a record that stands for several lines was made of: how many lines, and their quantity (a decimal as text). */
export const SOURCE = '$source';

/** The product group of a forecast line: its product's category in Odoo, as validation found it. */
export const GROUP = '$group';

/** The product and place that a record for Odoo was planned for. */
export const PLANNED = '$planned';
export type PlannedMark = { readonly product: string; readonly location: string };

/** Who let a line go on although it deviates from the planning baseline. */
export const CONFIRMED = '$confirmed';

/** The lines and the quantity behind a record that was summed from several lines. */
export type SourceMark = { readonly lines: number; readonly quantity: string };

/** A record on its way through a flow: its own fields, and the marks. */
export type FlowRecord = {
  readonly [LINE]?: number;
  readonly [UNREADABLE]?: string;
  readonly [SOURCE]?: SourceMark;
  readonly [GROUP]?: string;
  readonly [CONFIRMED]?: string;
  readonly [PLANNED]?: PlannedMark;
  readonly [field: string]: unknown;
};

/** The record without its marks: what goes to Odoo, to a file, or to a person. */
export function withoutMarks(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record)) if (!key.startsWith('$')) plain[key] = value;
  return plain;
}

/** The marks of a record, to be put on the record that takes its place. */
export function marksOf(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const marks: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record)) if (key.startsWith('$')) marks[key] = value;
  return marks;
}
