/** The versions of Odoo that the stand-in can look like. */
export type Version = 14 | 19;

export type FieldType =
  | 'boolean'
  | 'char'
  | 'date'
  | 'datetime'
  | 'float'
  | 'html'
  | 'integer'
  | 'many2many'
  | 'many2one'
  | 'many2one_reference'
  | 'monetary'
  | 'one2many'
  | 'reference'
  | 'selection'
  | 'text';

export type Choice = readonly [string, string];

/** What may be installed beside what every stand-in has: OCA's demand estimates with Enterprise's master production schedule. */
export type App = 'planning';

export type FieldOptions = {
  /** The app that brings the field. */
  readonly app?: App;
  /** The only version that has the field; both where it is left out. */
  readonly only?: Version;
  /** In both versions, or in one. */
  readonly required?: boolean | Version;
  readonly readonly?: boolean;
  readonly default?: string | number | boolean;
  /** Decimals that a float is rounded to when it is written. */
  readonly digits?: number;
  /** Worked out when it is read, by the behaviour of its model. */
  readonly computed?: boolean;
  /** Read from and written to another record: `product_id.uom_id`. */
  readonly related?: string;
  /** Odoo keeps the computed or related value in the database, so `fields_get` calls it stored. */
  readonly store?: boolean;
  readonly relation14?: string;
  readonly selection14?: readonly Choice[];
  /** What becomes of this record when the one that it names is deleted; a required one forbids it. */
  readonly ondelete?: 'cascade' | 'restrict' | 'set null';
};

export type FieldData = FieldOptions & {
  readonly type: FieldType;
  readonly string: string;
  readonly relation?: string;
  /** Of a one2many: the many2one on the other side. */
  readonly inverse?: string;
  readonly selection?: readonly Choice[];
};

/** A value that differs between the versions, or one for both. */
export type ByVersion<T> = T | Readonly<Record<Version, T>>;

export type UniqueData = {
  readonly only?: Version;
  readonly fields: readonly string[];
  readonly message: string;
};

/** A model as plain data. What it does beyond keeping records is in `behaviour/`. */
export type ModelData = {
  readonly name: string;
  readonly only?: Version;
  /** The app that brings the model. */
  readonly app?: App;
  readonly order?: ByVersion<string>;
  readonly nameField?: ByVersion<string>;
  /** The fields that `name_search` looks in; the name field where left out. */
  readonly searchedByName?: ByVersion<readonly string[]>;
  /** Fields of another model that this one shows as its own, as variants show their template's. */
  readonly inherits?: { readonly model: string; readonly field: string };
  readonly unique?: readonly UniqueData[];
  readonly fields: Readonly<Record<string, FieldData>>;
};

const plain =
  (type: FieldType) =>
  (string: string, options: FieldOptions = {}): FieldData => ({ type, string, ...options });

export const boolean = plain('boolean');
export const char = plain('char');
export const date = plain('date');
export const datetime = plain('datetime');
export const float = plain('float');
export const html = plain('html');
export const integer = plain('integer');
export const many2one_reference = plain('many2one_reference');
export const monetary = plain('monetary');
export const text = plain('text');

const relating =
  (type: FieldType) =>
  (string: string, relation: string, options: FieldOptions = {}): FieldData => ({ type, string, relation, ...options });

export const many2one = relating('many2one');
export const many2many = relating('many2many');

export const one2many = (string: string, relation: string, inverse: string, options: FieldOptions = {}): FieldData => ({
  type: 'one2many',
  string,
  relation,
  inverse,
  ...options,
});

export const selection = (string: string, choices: readonly Choice[], options: FieldOptions = {}): FieldData => ({
  type: 'selection',
  string,
  selection: choices,
  ...options,
});
