import type { Values } from './behaviour.ts';
import { runCommands } from './commands.ts';
import { checkRecords } from './constraints.ts';
import type { Env } from './env.ts';
import { missingRecord, OdooFault } from './errors.ts';
import type { Field, Model } from './schema.ts';
import type { Row, Value } from './store.ts';
import { kept } from './values.ts';

/** Creates records and gives their ids. */
export function createRecords(env: Env, model: string, valuesList: readonly Values[]): number[] {
  const schema = env.model(model);
  const completed = valuesList.map((given) => {
    checkNames(env, schema, given, 'create');
    const values = withDefaults(env, schema, given);
    schema.behaviour.prepare?.(env, values);
    return values;
  });
  const ids = completed.map((values) => insert(env, schema, values));
  checkRecords(env, schema, ids);
  schema.behaviour.created?.(env, ids, completed);
  schema.behaviour.check?.(env, ids, new Set(schema.fields.keys()));
  return ids;
}

/** Creates one record and gives its id. */
export function createRecord(env: Env, model: string, values: Values): number {
  return createRecords(env, model, [values])[0]!;
}

function withDefaults(env: Env, schema: Model, given: Values): Values {
  const values: Values = {};
  for (const field of schema.fields.values()) {
    if (Object.hasOwn(given, field.name)) continue;
    const fromContext = env.context[`default_${field.name}`];
    if (fromContext !== undefined) values[field.name] = fromContext;
    else if (schema.behaviour.defaults?.[field.name]) values[field.name] = schema.behaviour.defaults[field.name]!(env);
    else if (field.default !== undefined) values[field.name] = field.default;
  }
  return Object.assign(values, given);
}

function insert(env: Env, schema: Model, values: Values): number {
  const { model } = schema;
  const table = env.store.table(model);
  const id = table.nextId++;
  const above = schema.inherits;
  if (above && !values[above.field]) values[above.field] = createParent(env, schema, values, above);
  const row: Record<string, Value> & { id: number } = { id };
  for (const field of schema.fields.values()) {
    if (!field.stored || field.name === 'id') continue;
    row[field.name] = field.type === 'many2many' ? [] : kept(model, field, values[field.name]);
  }
  row.create_date = row.write_date = env.now;
  row.create_uid = row.write_uid = env.user;
  env.store.put(model, row);
  writeBeyondRow(env, schema, [id], values);
  return id;
}

/** A variant made on its own brings its template with it; what the template shows is written there. */
function createParent(env: Env, schema: Model, values: Values, above: { model: string; field: string }): number {
  const own: Values = {};
  for (const [name, value] of Object.entries(values)) {
    const field = schema.fields.get(name);
    if (field?.related?.[0] === above.field) {
      own[name] = value;
      delete values[name];
    }
  }
  return createRecord(env.with({ create_product_product: false }), above.model, own);
}

/** Writes the same values to records. */
export function writeRecords(env: Env, model: string, ids: readonly number[], given: Values): void {
  const schema = env.model(model);
  checkNames(env, schema, given, 'write');
  const missing = ids.filter((id) => !env.exists(model, id));
  if (missing.length > 0) throw missingRecord(model, missing, env.user);
  const values = { ...given };
  schema.behaviour.writing?.(env, ids, values);
  const changes: Record<string, Value> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = schema.fields.get(name)!;
    if (field.stored && field.type !== 'many2many') changes[name] = kept(model, field, value);
  }
  for (const name of ['id', 'create_date', 'create_uid', 'write_date', 'write_uid']) delete changes[name];
  for (const id of ids)
    env.store.put(model, { ...env.row(model, id), ...changes, write_date: env.now, write_uid: env.user } as Row);
  writeBeyondRow(env, schema, ids, values);
  checkRecords(env, schema, ids, Object.keys(changes));
  schema.behaviour.written?.(env, ids, values);
  schema.behaviour.check?.(env, ids, new Set(Object.keys(values)));
}

/** What is not kept in the record's own row: lists of records, inverses, related fields. */
function writeBeyondRow(env: Env, schema: Model, ids: readonly number[], values: Values): void {
  for (const [name, value] of Object.entries(values)) {
    const field = schema.fields.get(name)!;
    if (field.stored && field.type !== 'many2many') continue;
    if (field.write) field.write(env, ids, value);
    else if (field.related) writeRelated(env, schema.model, ids, field, value);
    else if (field.type === 'many2many' || field.type === 'one2many')
      for (const id of ids) runCommands(env, schema.model, id, field, value);
  }
}

function writeRelated(env: Env, model: string, ids: readonly number[], field: Field, value: unknown): void {
  const path = field.related!;
  const [first = '', second = ''] = path;
  if (path.length !== 2) return;
  const relation = env.field(model, first)?.relation;
  const targets = new Set(ids.map((id) => env.id(model, id, first)).filter((id) => id !== undefined));
  const on = relation && env.field(relation, second);
  if (on && targets.size > 0 && !field.readonly) writeRecords(env, relation, [...targets], { [second]: value });
}

function checkNames(env: Env, schema: Model, values: Values, operation: 'create' | 'write'): void {
  for (const name of Object.keys(values)) {
    if (schema.fields.has(name)) continue;
    if (env.version === 14) throw new OdooFault('value', `Invalid field '${name}' on model '${schema.model}'`);
    if (operation === 'write') throw new OdooFault('key', name);
    throw new OdooFault('value', `Invalid field '${name}' in '${schema.model}'`);
  }
}
