import { z } from 'zod';
import { LINE, SOURCE, type SourceMark } from '../canonical/marks.ts';
import { Guard } from '../odoo/guard.ts';
import { canonicalJson } from '../store/canonical-json.ts';

export const OPERATIONS = ['create', 'update', 'upsert', 'call'] as const;

const WriteRecord = z.record(z.string(), z.unknown());

/** The payload of an `odoo-write` job: everything a worker needs, so that a later change of the node does not change it. */
export const WriteJob = z.object({
  operation: z.enum(OPERATIONS),
  model: z.string().min(1, 'No model is set: say which of Odoo’s models is written.'),
  /** Odoo's values, with marks. `update` and `call` take the record's `id` among them. */
  records: z.array(WriteRecord),
  /**
   * Fields that tell which record is meant. An upsert finds it by them; a create and a call are done once under them, and
   * a create whose answer was lost is looked up by them.
   */
  keys: z.array(z.string()).default([]),
  /** Fields written on create, and on update only where Odoo holds nothing. */
  fillEmpty: z.array(z.string()).default([]),
  /** Which of the records that an upsert finds may be changed, by their state. */
  guard: Guard.optional(),
  /** A quantity of which nothing is no reason for an upsert to create a record. */
  unlessZero: z.string().optional(),
  /** For `call`: the method, and its named arguments. */
  method: z.string().optional(),
  args: WriteRecord.optional(),
  /** A method called on the records that changed, such as `action_replenish`. */
  followUp: z.string().optional(),
  /** A domain that holds for records on which the method or follow-up was done: it tells after a lost answer. */
  doneWhen: z.string().optional(),
  context: WriteRecord.default({}),
  dryRun: z.boolean().default(false),
  batchSize: z.number().int().positive().default(1000),
  /** For the audit: `id@version` of the mapping that made the records, of all those before it, and the rules they passed. */
  mapping: z.string().optional(),
  mappings: z.array(z.string()).default([]),
  rules: z.array(z.string()).default([]),
});
export type WriteJob = z.infer<typeof WriteJob>;
export type WriteRecord = z.infer<typeof WriteRecord>;

/** What a later reader needs of what came of an `odoo-write` job. */
export const WriteSummary = z.object({
  /** Places of the records that were refused, and of which nothing was written. */
  unwritten: z.array(z.number()).default([]),
});

/** The fields that tell which of Odoo's records a record is about. */
export function keysOf({ operation, keys }: WriteJob): readonly string[] {
  return operation === 'update' ? ['id'] : keys;
}

/** What these fields of a record hold: equal for records that are about the same one. */
export function keyText(record: WriteRecord, keys: readonly string[]): string {
  return canonicalJson(keys.map((key) => record[key]));
}

/** Whether the record has something in each of these fields. */
export function isNamed(record: WriteRecord, keys: readonly string[]): boolean {
  return keys.length > 0 && keys.every((key) => record[key] !== undefined && record[key] !== null && record[key] !== '');
}

/** The lines behind a record; a record that was not summed from lines stands for one. */
export function sourceOf(record: WriteRecord): SourceMark {
  return (record[SOURCE] as SourceMark | undefined) ?? { lines: 1, quantity: '0' };
}

/** The line of the sender's that a record came from, where it is one line's. */
export function lineOf(record: WriteRecord): number | undefined {
  return typeof record[LINE] === 'number' ? record[LINE] : undefined;
}
