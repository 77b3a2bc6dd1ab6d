import { byName } from './domain-leaf.ts';
import type { Env } from './env.ts';
import { shown } from './read.ts';
import { createRecord } from './write.ts';

type NameSearch = {
  readonly name: string;
  readonly domain: readonly unknown[];
  readonly operator: string;
  readonly limit: number;
};

/** `[id, name]` of the records that a name means, within a domain. */
export function nameSearch(env: Env, model: string, { name, domain, operator, limit }: NameSearch): [number, string][] {
  const named = name === '' ? undefined : new Set(byName(env, model, operator, name));
  const ids = env.search(model, domain).filter((id) => !named || named.has(id));
  return (limit > 0 ? ids.slice(0, limit) : ids).map((id) => [id, env.displayName(model, id)]);
}

/** Creates a record by its name alone. */
export function nameCreate(env: Env, model: string, name: string): [number, string] {
  const id = createRecord(env, model, { [env.model(model).nameField]: name });
  return [id, env.displayName(model, id)];
}

/** The values that a new record of a model begins with. */
export function defaultGet(env: Env, model: string, names: readonly string[]): Record<string, unknown> {
  const { fields, behaviour } = env.model(model);
  const answer: Record<string, unknown> = {};
  for (const name of names) {
    const field = fields.get(name);
    if (!field) continue;
    const value = env.context[`default_${name}`] ?? behaviour.defaults?.[name]?.(env) ?? field.default;
    if (value !== undefined) answer[name] = shown(env, field, value as never, false);
  }
  return answer;
}
