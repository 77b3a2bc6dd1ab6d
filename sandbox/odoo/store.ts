/** A field's value as it is kept: an id for a many2one, ids for a many2many, null where Odoo says false. */
export type Value = string | number | boolean | null | readonly number[];
export type Row = Readonly<Record<string, Value>> & { readonly id: number };

type Change = { readonly table: Table; readonly id: number; readonly before: Row | undefined };

/** The records of one model, with an index for each field that was ever looked up by value. */
export class Table {
  readonly rows = new Map<number, Row>();
  nextId = 1;
  readonly #indexes = new Map<string, Map<Value, Set<number>>>();

  put(row: Row): void {
    const before = this.rows.get(row.id);
    for (const [field, index] of this.#indexes) {
      const value = row[field] ?? null;
      if (before) {
        const old = before[field] ?? null;
        if (old === value) continue;
        index.get(old)?.delete(row.id);
      }
      add(index, value, row.id);
    }
    this.rows.set(row.id, row);
    if (row.id >= this.nextId) this.nextId = row.id + 1;
  }

  remove(id: number): void {
    const before = this.rows.get(id);
    if (!before) return;
    for (const [field, index] of this.#indexes) index.get(before[field] ?? null)?.delete(id);
    this.rows.delete(id);
  }

  /** The ids whose field has a value; the field must not be a list. */
  having(field: string, value: Value): ReadonlySet<number> {
    let index = this.#indexes.get(field);
    if (!index) {
      index = new Map();
      for (const row of this.rows.values()) add(index, row[field] ?? null, row.id);
      this.#indexes.set(field, index);
    }
    return index.get(value) ?? NONE;
  }
}

const NONE: ReadonlySet<number> = new Set();

function add(index: Map<Value, Set<number>>, value: Value, id: number): void {
  const ids = index.get(value);
  if (ids) ids.add(id);
  else index.set(value, new Set([id]));
}

/** All tables. Changes between `begin` and `commit` can be taken back; there is one writer at a time. */
export class Store {
  readonly tables = new Map<string, Table>();
  /** Named counters, such as the numbers of orders. As in Odoo they are not given back by a roll-back. */
  readonly counters = new Map<string, number>();
  /** Looks at each record before it is stored in a transaction, and may throw. */
  guard: (model: string, row: Row) => void = () => {};
  #journal: Change[] | undefined;
  #onCommit: () => void = () => {};

  onCommit(listener: () => void): void {
    this.#onCommit = listener;
  }

  table(model: string): Table {
    let table = this.tables.get(model);
    if (!table) {
      table = new Table();
      this.tables.set(model, table);
    }
    return table;
  }

  put(model: string, row: Row): void {
    const table = this.table(model);
    if (this.#journal) {
      this.guard(model, row);
      this.#journal.push({ table, id: row.id, before: table.rows.get(row.id) });
    }
    table.put(row);
  }

  remove(model: string, id: number): void {
    const table = this.table(model);
    this.#journal?.push({ table, id, before: table.rows.get(id) });
    table.remove(id);
  }

  /** The next number of a counter, from 1. */
  next(counter: string): number {
    const number = (this.counters.get(counter) ?? 0) + 1;
    this.counters.set(counter, number);
    return number;
  }

  begin(): void {
    this.#journal = [];
  }

  commit(): void {
    const changed = this.#journal !== undefined && this.#journal.length > 0;
    this.#journal = undefined;
    if (changed) this.#onCommit();
  }

  rollback(): void {
    this.rollbackTo(0);
    this.#journal = undefined;
  }

  /** Where the transaction stands, for `rollbackTo`. */
  savepoint(): number {
    return this.#journal?.length ?? 0;
  }

  rollbackTo(savepoint: number): void {
    const journal = this.#journal ?? [];
    while (journal.length > savepoint) {
      const change = journal.pop()!;
      if (change.before) change.table.put(change.before);
      else change.table.remove(change.id);
    }
  }
}
