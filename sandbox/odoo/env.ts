import { keptInstant, nextInstant } from './clock.ts';
import { type Condition, compileDomain } from './domain.ts';
import { missingRecord, OdooFault } from './errors.ts';
import { sortIds } from './ordering.ts';
import type { Field, Model, Schema } from './schema.ts';
import type { Row, Store, Value } from './store.ts';

export type SearchOptions = {
  readonly order?: string | undefined;
  readonly offset?: number;
  readonly limit?: number | undefined;
  /** Archived records too, whatever the context says. */
  readonly archivedToo?: boolean;
};

/** The records as one call sees them: the user, the context, the time that the transaction began. */
export class Env {
  readonly schema: Schema;
  readonly store: Store;
  readonly user: number;
  readonly context: Readonly<Record<string, unknown>>;
  /** As stored: UTC, in microseconds. */
  readonly now: string;
  /** Today in UTC. */
  readonly today: string;

  constructor(schema: Schema, store: Store, user: number, context: Readonly<Record<string, unknown>>, now?: Date) {
    this.schema = schema;
    this.store = store;
    this.user = user;
    this.context = context;
    this.now = keptInstant(now?.getTime() ?? nextInstant());
    this.today = this.now.slice(0, 10);
  }

  with(context: Readonly<Record<string, unknown>>): Env {
    const env = new Env(this.schema, this.store, this.user, { ...this.context, ...context });
    return Object.assign(env, { now: this.now, today: this.today });
  }

  get version(): 14 | 19 {
    return this.schema.version;
  }

  has(model: string): boolean {
    return this.schema.models.has(model);
  }

  model(name: string): Model {
    const model = this.schema.models.get(name);
    if (!model) throw new OdooFault('key', name);
    return model;
  }

  field(model: string, name: string): Field | undefined {
    return this.model(model).fields.get(name);
  }

  exists(model: string, id: number): boolean {
    return this.store.table(model).rows.has(id);
  }

  row(model: string, id: number): Row {
    const row = this.store.table(model).rows.get(id);
    if (!row) throw missingRecord(model, [id], this.user);
    return row;
  }

  /** A field's value: computed, read from another record, or as it is kept. */
  get(model: string, id: number, name: string): Value {
    if (name === 'id') return id;
    const field = this.field(model, name);
    if (!field) throw new OdooFault('value', `Invalid field ${name} on ${model}`);
    return this.valueOf(model, id, field);
  }

  valueOf(model: string, id: number, field: Field): Value {
    if (field.compute) return field.compute(this, id);
    if (field.name === 'display_name') return this.displayName(model, id);
    if (field.related) return this.#related(model, id, field.related);
    if (field.type === 'one2many') return this.#children(id, field);
    const value = this.row(model, id)[field.name] ?? null;
    return field.name === 'id' ? id : value;
  }

  /** A many2one or number that is set, or undefined. */
  id(model: string, id: number, name: string): number | undefined {
    const value = this.get(model, id, name);
    return typeof value === 'number' ? value : undefined;
  }

  ids(model: string, id: number, name: string): readonly number[] {
    const value = this.get(model, id, name);
    return Array.isArray(value) ? value : [];
  }

  number(model: string, id: number, name: string): number {
    const value = this.get(model, id, name);
    return typeof value === 'number' ? value : 0;
  }

  text(model: string, id: number, name: string): string {
    const value = this.get(model, id, name);
    return typeof value === 'string' ? value : '';
  }

  displayName(model: string, id: number): string {
    const { behaviour, nameField, fields } = this.model(model);
    if (behaviour.displayName) return behaviour.displayName(this, id);
    const field = fields.get(nameField);
    if (!field) return `${model},${id}`;
    const value = this.valueOf(model, id, field);
    if (field.type === 'many2one') return typeof value === 'number' ? this.displayName(field.relation!, value) : '';
    return value === null ? '' : String(value);
  }

  search(model: string, domain: readonly unknown[], options: SearchOptions = {}): number[] {
    const found = this.matching(model, domain, options.archivedToo);
    const sorted = sortIds(this, model, found, options.order ?? this.model(model).order);
    const from = options.offset ?? 0;
    return from > 0 || options.limit ? sorted.slice(from, options.limit ? from + options.limit : undefined) : sorted;
  }

  /** The ids of a domain, in no order. */
  matching(model: string, domain: readonly unknown[], archivedToo = false): number[] {
    const table = this.store.table(model);
    const condition: Condition = compileDomain(this, model, domain, archivedToo);
    const candidates = condition.candidates?.() ?? table.rows.keys();
    const found: number[] = [];
    for (const id of candidates) if (table.rows.has(id) && condition.holds(id)) found.push(id);
    return found;
  }

  /** Runs a part that leaves nothing behind when it throws. */
  savepoint<T>(run: () => T): T {
    const savepoint = this.store.savepoint();
    try {
      return run();
    } catch (error) {
      this.store.rollbackTo(savepoint);
      throw error;
    }
  }

  #related(model: string, id: number, path: readonly string[]): Value {
    let at: Value = id;
    let on = model;
    for (const [index, name] of path.entries()) {
      if (typeof at !== 'number') return null;
      const field = this.field(on, name);
      if (!field) return null;
      at = this.valueOf(on, at, field);
      if (index < path.length - 1) on = field.relation!;
    }
    return at;
  }

  #children(id: number, field: Field): readonly number[] {
    const inverse = this.field(field.relation!, field.inverse!);
    if (!inverse) return [];
    const ids = inverse.stored
      ? [...this.store.table(field.relation!).having(inverse.name, id)]
      : this.matching(field.relation!, [[inverse.name, '=', id]], true);
    return sortIds(this, field.relation!, this.activeOnly(field.relation!, ids), this.model(field.relation!).order);
  }

  /** Without the archived ones, unless the context asks for them. */
  activeOnly(model: string, ids: readonly number[]): number[] {
    const active = this.field(model, 'active');
    if (!active || this.context.active_test === false) return [...ids];
    return ids.filter((id) => this.valueOf(model, id, active) === true);
  }
}
