import { z } from 'zod';
import type { OdooClient } from '../../odoo/client.ts';
import type { Domain } from '../../odoo/domain.ts';
import { OdooError } from '../../odoo/errors.ts';
import { searchPages } from '../../odoo/pages.ts';

/** A many2one as Odoo answers it, `[id, name]` or false; becomes the id. */
export const Many2one = z
  .union([z.tuple([z.number()]).rest(z.unknown()), z.literal(false), z.null()])
  .transform((value) => (value ? value[0] : undefined));

/** A many2one as Odoo answers it; becomes the name that Odoo shows, blank where it is empty. */
export const Many2oneName = z
  .union([z.tuple([z.number(), z.string()]).rest(z.unknown()), z.literal(false), z.null()])
  .transform((value) => (value ? value[1] : ''));

/** A many2one that is always set. */
export const RequiredMany2one = z
  .tuple([z.number()])
  .rest(z.unknown())
  .transform(([id]) => id);

/** A text or date as Odoo answers it; false where it is empty. */
export const OptionalText = z.union([z.string(), z.literal(false), z.null()]).transform((value) => value || undefined);

/** A number that not every version has. */
export const OptionalNumber = z.number().optional().default(0);

/** The longest list of values in one domain; more are asked in several calls. */
const MOST_VALUES = 2_000;

export type Question<Row extends z.ZodType> = {
  readonly model: string;
  /** Fields that every version has. */
  readonly fields: readonly string[];
  /** Fields that are asked where the database has them. */
  readonly fieldsWherePresent?: readonly string[];
  readonly row: Row;
  /** Also archived records. */
  readonly archivedToo?: boolean;
};

/**
 * Reads all records of a domain, page by page, so that a large answer does not hold the event loop.
 * @throws OdooError, `protocol` for an answer of another shape
 */
export async function readAll<Row extends z.ZodType>(
  client: OdooClient,
  question: Question<Row>,
  domain: Domain,
): Promise<z.output<Row>[]> {
  const profile = await client.profile();
  const fields = [...question.fields];
  for (const field of question.fieldsWherePresent ?? []) if (await profile.hasField(question.model, field)) fields.push(field);
  const rows: z.output<Row>[] = [];
  const context = question.archivedToo ? { active_test: false } : undefined;
  for await (const page of searchPages(client, { model: question.model, domain, fields, ...(context ? { context } : {}) }))
    for (const record of page) rows.push(parsed(question, record));
  return rows;
}

function parsed<Row extends z.ZodType>({ model, row }: Question<Row>, record: unknown): z.output<Row> {
  const answer = row.safeParse(record);
  if (answer.success) return answer.data;
  const [issue] = answer.error.issues;
  throw new OdooError(
    'protocol',
    `Odoo's answer about ${model} is not as expected: ${issue?.path.join('.')}, ${issue?.message}.`,
    { model },
  );
}

/** Asks for the records of many values, as many at a time as a domain bears well; none of no values. */
export async function readForValues<Row extends z.ZodType, Value>(
  client: OdooClient,
  question: Question<Row>,
  values: readonly Value[],
  domainOf: (values: readonly Value[]) => Domain,
): Promise<z.output<Row>[]> {
  const rows: z.output<Row>[] = [];
  for (let at = 0; at < values.length; at += MOST_VALUES) {
    for (const row of await readAll(client, question, domainOf(values.slice(at, at + MOST_VALUES)))) rows.push(row);
  }
  return rows;
}

/** Records by what they belong to, each group in the order of the answer. */
export function grouped<Row, Key>(rows: readonly Row[], by: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = by(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
