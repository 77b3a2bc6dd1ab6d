import type { Env } from './env.ts';
import { OdooFault } from './errors.ts';
import { type Period, periodOf } from './grouping-periods.ts';
import { shown } from './read.ts';
import type { Field } from './schema.ts';
import type { Value } from './store.ts';

type Args = Readonly<Record<string, unknown>>;
type Key = { readonly spec: string; readonly field: Field; readonly step?: string };
type Group = { readonly keys: readonly (Value | Period)[]; readonly ids: number[] };
type Total = { readonly name: string; readonly field: Field | undefined; readonly kind: string };

const KINDS = new Set(['sum', 'avg', 'min', 'max', 'count', 'count_distinct', 'array_agg', 'bool_and', 'bool_or']);
const STEPS = new Set(['hour', 'day', 'week', 'month', 'quarter', 'year']);

/** `formatted_read_group` of Odoo 19: totals as `field:function`, dates as `[start, label]`. */
export function formattedReadGroup(env: Env, model: string, args: Args): Record<string, unknown>[] {
  const keys = list(args.groupby).map((spec) => keyOf(env, model, spec));
  const totals = list(args.aggregates).map((spec) => totalOf(env, model, spec, spec));
  const groups = ordered(env, collect(env, model, args.domain, keys), keys);
  return page(groups, args).map((group) => ({
    ...shownKeys(env, keys, group, (period) => [period.start, period.label]),
    __extra_domain: extraDomain(keys, group),
    ...totalsOf(env, model, totals, group),
  }));
}

/** `read_group` as it was up to Odoo 18: totals under the field's own name, `name:function(field)` under another. */
export function readGroup(env: Env, model: string, args: Args): Record<string, unknown>[] {
  const specs = list(args.groupby);
  const lazy = args.lazy !== false;
  const keys = (lazy ? specs.slice(0, 1) : specs).map((spec) => keyOf(env, model, spec));
  const grouped = new Set(specs.map((spec) => spec.split(':')[0]));
  const totals = list(args.fields).flatMap((spec) => legacyTotal(env, model, spec, grouped));
  const groups = ordered(env, collect(env, model, args.domain, keys), keys);
  const counted = lazy && specs.length > 0 ? `${specs[0]!.split(':')[0]}_count` : '__count';
  return page(groups, args).map((group) => ({
    ...shownKeys(env, keys, group, (period) => period.label),
    [counted]: group.ids.length,
    ...totalsOf(env, model, totals, group),
    __domain: [...extraDomain(keys, group), ...((args.domain as unknown[]) ?? [])],
    ...(lazy && specs.length > 1 ? { __context: { group_by: specs.slice(1) } } : {}),
  }));
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : value ? [String(value)] : []);

function keyOf(env: Env, model: string, spec: string): Key {
  const [name = '', step] = spec.split(':');
  const field = env.field(model, name);
  if (!field) throw new OdooFault('value', `Invalid field '${name}' on model '${model}'`);
  if (field.type !== 'date' && field.type !== 'datetime') return { spec, field };
  const chosen = step ?? 'month';
  if (!STEPS.has(chosen)) throw new OdooFault('value', `Error when processing the granularity ${chosen} is not supported.`);
  return { spec, field, step: chosen };
}

function totalOf(env: Env, model: string, spec: string, name: string): Total {
  if (spec === '__count') return { name, field: undefined, kind: 'count' };
  const [fieldName = '', kind = ''] = spec.split(':');
  const field = env.field(model, fieldName);
  if (!field) throw new OdooFault('value', `Invalid field '${fieldName}' on model '${model}'`);
  if (!KINDS.has(kind)) throw new OdooFault('value', `Invalid aggregate method '${kind}' for '${spec}'.`);
  return { name, field, kind };
}

/** A field without a function is summed when it is a number, and left out otherwise. */
function legacyTotal(env: Env, model: string, spec: string, grouped: ReadonlySet<string | undefined>): Total[] {
  const named = /^(\w+):(\w+)\((\w+)\)$/.exec(spec);
  if (named) return [totalOf(env, model, `${named[3]}:${named[2]}`, named[1]!)];
  const [name = '', kind] = spec.split(':');
  if (name === '__count' || grouped.has(name)) return [];
  if (kind) return [totalOf(env, model, spec, name)];
  const field = env.field(model, name);
  if (!field) throw new OdooFault('value', `Invalid field '${name}' on model '${model}'`);
  return ['integer', 'float', 'monetary'].includes(field.type) && name !== 'id' ? [{ name, field, kind: 'sum' }] : [];
}

function collect(env: Env, model: string, domain: unknown, keys: readonly Key[]): Group[] {
  const groups = new Map<string, Group>();
  if (keys.length === 0) groups.set('[]', { keys: [], ids: [] });
  for (const id of env.matching(model, (domain ?? []) as unknown[])) {
    for (const values of combinations(keys.map((key) => keyValues(env, model, id, key)))) {
      const name = JSON.stringify(values);
      const group = groups.get(name);
      if (group) group.ids.push(id);
      else groups.set(name, { keys: values, ids: [id] });
    }
  }
  return [...groups.values()];
}

/** A record counts in the group of each of its values of a many2many. */
function keyValues(env: Env, model: string, id: number, { field, step }: Key): (Value | Period)[] {
  const value = env.valueOf(model, id, field);
  if (Array.isArray(value)) return value.length > 0 ? [...value] : [null];
  if (value === null || !step) return [value];
  return [periodOf(String(value), step, field.type === 'datetime', env.version)];
}

function combinations<T>(parts: readonly (readonly T[])[]): T[][] {
  return parts.reduce<T[][]>((sofar, part) => sofar.flatMap((one) => part.map((value) => [...one, value])), [[]]);
}

function ordered(env: Env, groups: Group[], keys: readonly Key[]): Group[] {
  const rank = keys.map(({ field }) => {
    if (!field.relation) return undefined;
    const ids = env.search(field.relation, [], { archivedToo: true });
    return new Map(ids.map((id, index) => [id, index]));
  });
  const sortable = (value: Value | Period, index: number): string | number | null => {
    if (value === null) return null;
    if (typeof value === 'object') return 'start' in value ? value.start : 0;
    if (typeof value === 'number') return rank[index]?.get(value) ?? value;
    return String(value);
  };
  return groups.sort((one, other) => {
    for (const index of keys.keys()) {
      const a = sortable(one.keys[index] ?? null, index);
      const b = sortable(other.keys[index] ?? null, index);
      if (a === b) continue;
      if (a === null || b === null) return a === null ? 1 : -1;
      return a < b ? -1 : 1;
    }
    return 0;
  });
}

function page(groups: readonly Group[], args: Args): readonly Group[] {
  const from = Number(args.offset || 0);
  return groups.slice(from, args.limit ? from + Number(args.limit) : undefined);
}

function shownKeys(env: Env, keys: readonly Key[], group: Group, period: (period: Period) => unknown): Record<string, unknown> {
  const answer: Record<string, unknown> = {};
  for (const [index, { spec, field }] of keys.entries()) {
    const value = group.keys[index] ?? null;
    if (value !== null && typeof value === 'object' && 'start' in value) answer[spec] = period(value as Period);
    else if (field.relation) answer[spec] = typeof value === 'number' ? [value, env.displayName(field.relation, value)] : false;
    else answer[spec] = shown(env, field, value as Value, true);
  }
  return answer;
}

function extraDomain(keys: readonly Key[], group: Group): unknown[] {
  const leaves = keys.flatMap(({ field }, index): unknown[] => {
    const value = group.keys[index] ?? null;
    if (value !== null && typeof value === 'object' && 'start' in value)
      return [
        [field.name, '>=', (value as Period).start],
        [field.name, '<', (value as Period).end],
      ];
    return [[field.name, '=', value ?? false]];
  });
  return leaves.length === 0 ? [[1, '=', 1]] : [...Array(leaves.length - 1).fill('&'), ...leaves];
}

function totalsOf(env: Env, model: string, totals: readonly Total[], group: Group): Record<string, unknown> {
  return Object.fromEntries(totals.map((total) => [total.name, totalled(env, model, total, group.ids)]));
}

function totalled(env: Env, model: string, { field, kind }: Total, ids: readonly number[]): unknown {
  if (!field) return ids.length;
  const values = ids.map((id) => env.valueOf(model, id, field)).filter((value) => value !== null);
  const numbers = values.map(Number);
  const sum = () => Number(numbers.reduce((total, value) => total + value, 0).toFixed(6));
  switch (kind) {
    case 'sum':
      return sum();
    case 'avg':
      return numbers.length > 0 ? sum() / numbers.length : false;
    case 'count':
      return values.length;
    case 'count_distinct':
      return new Set(values).size;
    case 'array_agg':
      return values;
    case 'bool_and':
      return values.every(Boolean);
    case 'bool_or':
      return values.some(Boolean);
    default: {
      if (values.length === 0) return false;
      const sorted = [...values].sort((one, other) => (one! < other! ? -1 : 1));
      return shown(env, field, (kind === 'min' ? sorted[0] : sorted.at(-1)) ?? null, false);
    }
  }
}
