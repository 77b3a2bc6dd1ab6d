import type { Values } from './behaviour.ts';
import { missingValueText } from './constraints.ts';
import { byName } from './domain-leaf.ts';
import type { Env } from './env.ts';
import { OdooFault } from './errors.ts';
import type { Field } from './schema.ts';
import { createRecord, writeRecords } from './write.ts';

type Message = {
  type: 'error';
  record: number;
  rows: { from: number; to: number };
  message: string;
  field?: string;
  field_name?: string;
};
type Loaded = { ids: number[] | false; messages: Message[]; nextrow: number };

/**
 * `load`: rows of texts under column names, where `id` is an external id, `.id` a database id and `field/id` a relation's
 * external id. One error refuses them all.
 */
export function loadRecords(env: Env, model: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Loaded {
  const messages: Message[] = [];
  const savepoint = env.store.savepoint();
  const ids: number[] = [];
  for (const [record, row] of rows.entries()) {
    const report = (message: string, field?: Field) =>
      messages.push({
        rows: { from: record, to: record },
        type: 'error',
        record,
        message,
        ...(field ? { field: field.name, field_name: field.string } : {}),
      });
    try {
      const id = loadRow(env, model, columns, row, report);
      if (id !== undefined) ids.push(id);
    } catch (error) {
      if (!(error instanceof OdooFault)) throw error;
      report(error.message.replace(/^The operation cannot be completed: /, ''));
    }
  }
  if (messages.length > 0) {
    env.store.rollbackTo(savepoint);
    return { ids: false, messages, nextrow: 0 };
  }
  return { ids, messages: [], nextrow: 0 };
}

function loadRow(
  env: Env,
  model: string,
  columns: readonly string[],
  row: readonly unknown[],
  report: (message: string, field?: Field) => void,
): number | undefined {
  const values: Values = {};
  let id: number | undefined;
  let externalId: string | undefined;
  let wrong = false;
  for (const [index, column] of columns.entries()) {
    const cell = row[index];
    if (column === 'id') externalId = String(cell || '') || undefined;
    else if (column === '.id') id = cell ? Number(cell) : undefined;
    else {
      const [name = '', by] = column.split('/');
      const field = env.field(model, name);
      if (!field) throw new OdooFault('value', `Invalid field ${name} on ${model}`);
      const converted = fromText(env, field, by, cell);
      if (converted.problem) {
        report(converted.problem, field);
        wrong = true;
      } else values[name] = converted.value;
    }
  }
  if (externalId) id ??= recordNamed(env, model, externalId);
  if (wrong) return undefined;
  if (id !== undefined) {
    if (!env.exists(model, id)) throw new OdooFault('value', `No matching record found for database id '${id}'`);
    writeRecords(env, model, [id], values);
    return id;
  }
  const schema = env.model(model);
  const empty = [...schema.fields.values()].find(
    (field) => field.required && field.name in values && (values[field.name] === false || values[field.name] === ''),
  );
  if (empty) {
    report(missingValueText(schema, empty), empty);
    return undefined;
  }
  const created = createRecord(env, model, values);
  if (externalId) {
    const [module, name] = splitName(externalId);
    createRecord(env, 'ir.model.data', { module, name, model, res_id: created });
  }
  return created;
}

type Converted = { readonly value?: unknown; readonly problem?: string };

function fromText(env: Env, field: Field, by: string | undefined, cell: unknown): Converted {
  if (cell === '' || cell === null || cell === undefined || cell === false) return { value: false };
  const text = String(cell);
  switch (field.type) {
    case 'integer':
      return /^\s*[-+]?\d+\s*$/.test(text)
        ? { value: Number(text) }
        : { problem: `'${text}' does not seem to be an integer for field '${field.string}'` };
    case 'float':
    case 'monetary':
      return text.trim() !== '' && !Number.isNaN(Number(text))
        ? { value: Number(text) }
        : { problem: `'${text}' does not seem to be a number for field '${field.string}'` };
    case 'boolean':
      return { value: ['1', 'true', 'yes', 'y', 't'].includes(text.toLowerCase()) };
    case 'selection': {
      const found = field.selection?.find(([key, label]) => key === text || label.toLowerCase() === text.toLowerCase());
      return found ? { value: found[0] } : { problem: `Value '${text}' not found in selection field '${field.string}'` };
    }
    case 'many2one':
      return relation(env, field, by, text);
    case 'many2many': {
      const found = text.split(',').map((one) => relation(env, field, by, one.trim()));
      const problem = found.find((one) => one.problem);
      return problem ?? { value: [[6, 0, found.map((one) => one.value)]] };
    }
    default:
      return { value: text };
  }
}

function relation(env: Env, field: Field, by: string | undefined, text: string): Converted {
  const on = field.relation!;
  const what = by === 'id' ? 'external id' : by === '.id' ? 'database id' : 'name';
  const found =
    by === 'id'
      ? recordNamed(env, on, text)
      : by === '.id'
        ? env.exists(on, Number(text))
          ? Number(text)
          : undefined
        : byName(env, on, '=', text)[0];
  return found === undefined
    ? { problem: `No matching record found for ${what} '${text}' in field '${field.string}'` }
    : { value: found };
}

function splitName(externalId: string): [string, string] {
  const dot = externalId.indexOf('.');
  return dot < 0 ? ['', externalId] : [externalId.slice(0, dot), externalId.slice(dot + 1)];
}

function recordNamed(env: Env, model: string, externalId: string): number | undefined {
  const [module, name] = splitName(externalId);
  for (const id of env.store.table('ir.model.data').having('name', name)) {
    const row = env.row('ir.model.data', id);
    if ((row.module ?? '') === module && row.model === model) return Number(row.res_id);
  }
  return undefined;
}
