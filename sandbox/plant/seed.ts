import type { Values } from '../odoo/behaviour.ts';
import type { Env } from '../odoo/env.ts';
import { createRecord } from '../odoo/write.ts';

/** Makes a record and remembers it by an external id; text values that begin with `@` name others by theirs. */
export type Seed = {
  readonly env: Env;
  readonly version: 14 | 19;
  record(name: string, model: string, values: Values): number;
  id(name: string): number;
  /** Gives a record that exists already its external id. */
  name(name: string, model: string, id: number): void;
  /** The same plant, with more in the context of what is made. */
  within(context: Values): Seed;
};

/** The module that the plant's external ids belong to. */
export const MODULE = 'bicycle_plant';

export function seedOf(env: Env): Seed {
  return seedInto(env, new Map());
}

function seedInto(env: Env, ids: Map<string, number>): Seed {
  const id = (name: string) => {
    const known = ids.get(name);
    if (known === undefined) throw new Error(`The plant has no record named ${name} yet`);
    return known;
  };
  const resolved = (value: unknown): unknown => {
    if (typeof value === 'string' && value.startsWith('@')) return id(value.slice(1));
    return Array.isArray(value) ? value.map(resolved) : value;
  };
  const name = (external: string, model: string, record: number) => {
    ids.set(external, record);
    createRecord(env, 'ir.model.data', { module: MODULE, name: external, model, res_id: record, noupdate: true });
  };
  return {
    env,
    version: env.version,
    id,
    name,
    within: (context) => seedInto(env.with(context), ids),
    record(external, model, values) {
      const given = Object.fromEntries(Object.entries(values).map(([field, value]) => [field, resolved(value)]));
      const created = createRecord(env, model, given);
      name(external, model, created);
      return created;
    },
  };
}
