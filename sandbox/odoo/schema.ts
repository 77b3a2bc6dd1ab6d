import { BEHAVIOURS } from './behaviour/index.ts';
import type { Behaviour, Compute, Inverse } from './behaviour.ts';
import {
  type App,
  type ByVersion,
  type Choice,
  char,
  datetime,
  type FieldData,
  type FieldType,
  integer,
  many2one,
  type UniqueData,
  type Version,
} from './fields.ts';
import { MODELS } from './models/index.ts';

/** A field as one version has it. */
export type Field = {
  readonly name: string;
  readonly type: FieldType;
  readonly string: string;
  readonly required: boolean;
  readonly readonly: boolean;
  /** Kept in this field's own row here. */
  readonly stored: boolean;
  /** What `fields_get` says. */
  readonly store: boolean;
  readonly relation?: string;
  readonly inverse?: string;
  readonly selection?: readonly Choice[];
  readonly digits?: number;
  readonly default?: string | number | boolean;
  readonly related?: readonly string[];
  readonly ondelete?: 'cascade' | 'restrict' | 'set null';
  readonly compute?: Compute;
  readonly write?: Inverse;
};

export type Model = {
  readonly model: string;
  readonly name: string;
  readonly order: string;
  readonly nameField: string;
  readonly searchedByName: readonly string[];
  readonly inherits?: { readonly model: string; readonly field: string };
  readonly unique: readonly UniqueData[];
  readonly fields: ReadonlyMap<string, Field>;
  readonly behaviour: Behaviour;
};

export type Schema = { readonly version: Version; readonly models: ReadonlyMap<string, Model> };

const COMMON: Readonly<Record<string, FieldData>> = {
  id: integer('ID', { readonly: true }),
  display_name: char('Display Name', { readonly: true, computed: true }),
  create_date: datetime('Created on', { readonly: true }),
  create_uid: many2one('Created by', 'res.users', { readonly: true }),
  write_date: datetime('Last Updated on', { readonly: true }),
  write_uid: many2one('Last Updated by', 'res.users', { readonly: true }),
};

/** The models as one version of Odoo has them, with these apps. */
export function schemaOf(version: Version, apps: readonly App[] = []): Schema {
  const of = <T>(value: ByVersion<T>): T =>
    typeof value === 'object' && value !== null && version in value ? (value as Record<Version, T>)[version] : (value as T);
  const has = ({ only, app }: { readonly only?: Version; readonly app?: App }) =>
    (only === undefined || only === version) && (app === undefined || apps.includes(app));
  const models = new Map<string, Model>();
  for (const [model, data] of Object.entries(MODELS)) {
    if (!has(data)) continue;
    const behaviour = BEHAVIOURS[model] ?? {};
    const fields = new Map<string, Field>();
    for (const [name, field] of Object.entries({ ...COMMON, ...data.fields }))
      if (has(field)) fields.set(name, fieldOf(version, model, name, field, behaviour));
    const nameField = of(data.nameField ?? 'name');
    models.set(model, {
      model,
      name: data.name,
      order: data.order === undefined ? 'id' : of(data.order),
      nameField,
      searchedByName: data.searchedByName === undefined ? [nameField] : of(data.searchedByName),
      ...(data.inherits ? { inherits: data.inherits } : {}),
      unique: (data.unique ?? []).filter(has),
      fields,
      behaviour,
    });
  }
  for (const model of models.values()) if (model.inherits) inherit(model, models.get(model.inherits.model)!);
  return { version, models };
}

function fieldOf(version: Version, model: string, name: string, data: FieldData, behaviour: Behaviour): Field {
  const compute = behaviour.computes?.[name];
  const write = behaviour.inverses?.[name];
  if (data.computed && !compute && name !== 'display_name')
    throw new Error(`${model}.${name} is computed, but nothing computes it`);
  const relation = (version === 14 ? data.relation14 : undefined) ?? data.relation;
  const selection = (version === 14 ? data.selection14 : undefined) ?? data.selection;
  const derived = data.computed || data.related !== undefined || data.type === 'one2many';
  return {
    name,
    type: data.type,
    string: data.string,
    required: data.required === true || data.required === version,
    readonly: data.readonly ?? false,
    stored: !derived,
    store: data.store ?? (!derived || data.type === 'one2many'),
    ...(relation ? { relation } : {}),
    ...(data.inverse ? { inverse: data.inverse } : {}),
    ...(selection ? { selection } : {}),
    ...(data.digits === undefined ? {} : { digits: data.digits }),
    ...(data.default === undefined ? {} : { default: data.default }),
    ...(data.related ? { related: data.related.split('.') } : {}),
    ...(data.ondelete ? { ondelete: data.ondelete } : {}),
    ...(compute ? { compute } : {}),
    ...(write ? { write } : {}),
  };
}

function inherit(model: Model, parent: Model): void {
  const fields = model.fields as Map<string, Field>;
  for (const [name, { compute, write, default: _, ...field }] of parent.fields)
    if (!fields.has(name))
      fields.set(name, { ...field, required: false, stored: false, store: false, related: [model.inherits!.field, name] });
}
