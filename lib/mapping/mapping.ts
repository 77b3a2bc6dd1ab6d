import { z } from 'zod';
import { Guard } from '../odoo/guard.ts';

const Name = z.string().min(1, 'is empty').max(200, 'is longer than 200 characters');

/** One of several names, in order of preference, or the only one. */
const Names = z.union([Name, z.array(Name).min(1, 'names nothing')], { error: 'is a name or a list of names' });

/** A step of a row: one transform by name with its options. A bare name stands for no options: `"trim"` is `{ "trim": {} }`. */
const TransformStep = z.union([Name, z.record(z.string(), z.unknown())], { error: 'is a name or an object with one name' });

/** Where one field of the record that is made comes from. */
export const MappingRow = z.strictObject({
  /** The field that is made; of a list, the first that the target has. */
  to: Names,
  /** The column, or a path such as `item.code` or `lines[0].qty`; of a list, the first that the record has a value in. */
  from: Names.optional(),
  /** A value that is the same for every record; takes no column. */
  constant: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  /** Done in order to a value that is not empty. */
  transforms: z.array(TransformStep).optional(),
  /** Refuse the record where the value is empty. */
  required: z.boolean().optional(),
  /** The value to take where there is none; it is not transformed. */
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  /** Write it to a record that exists only where that is still empty. */
  ifEmpty: z.boolean().optional(),
});
export type MappingRow = z.infer<typeof MappingRow>;

/** One record with a column a period becomes one record a period. */
export const WideToLong = z.strictObject({
  /** Names of the columns: `#` is a digit, `?` any one character, `*` any characters; all else is itself. */
  columns: Names,
  /** Names that are none of them although they fit. */
  except: Names.optional(),
  /** The column that takes the name, such as `period`. */
  name: Name,
  /** The column that takes the value, such as `quantity`. */
  value: Name,
  /** Leave out empty cells (yes). */
  skipEmpty: z.boolean().default(true),
});
export type WideToLong = z.infer<typeof WideToLong>;

/** Records that agree in some fields become one with the sum of others, within one batch. */
export const Group = z.strictObject({ by: z.array(Name).min(1, 'names nothing'), sum: z.array(Name).min(1, 'names nothing') });
export type Group = z.infer<typeof Group>;

/** What the node that writes is told of the records. */
export const MappingTarget = z.strictObject({
  model: Name,
  /** The fields that tell one record from another, and within it one line from another (`order_line.product_id`). */
  keys: z.array(Name).min(1, 'names nothing'),
  /** Which of the records that are there may be changed, by their state. */
  guard: Guard.optional(),
  /** The field of which nothing is no reason to create a record. */
  unlessZero: Name.optional(),
  /** Odoo's context for writing them. */
  context: z.record(z.string(), z.unknown()).optional(),
});
export type MappingTarget = z.infer<typeof MappingTarget>;

/** A mapping, as a person writes it: how a system's records become the canonical model's, or the other way. */
export const Mapping = z.strictObject({
  id: Name.regex(/^[a-z0-9][a-z0-9._-]*$/, 'is made of small letters, digits, dots and dashes'),
  version: z.union([Name, z.number().int().min(1)]).transform(String),
  title: z.string().optional(),
  description: z.string().optional(),
  /** What comes in and what goes out; a canonical record by its name, anything else in words of its own. */
  from: Name,
  to: Name,
  wideToLong: WideToLong.optional(),
  rows: z.array(MappingRow).min(1, 'has no rows'),
  group: Group.optional(),
  /** For records that go to Odoo: the model, and how a record of it is found and may be changed. */
  target: MappingTarget.optional(),
});
export type Mapping = z.infer<typeof Mapping>;
export type MappingSource = z.input<typeof Mapping>;
