import { compileLeaf } from './domain-leaf.ts';
import type { Env } from './env.ts';
import { OdooFault, repr } from './errors.ts';

/** A compiled domain: whether a record meets it and, where an index tells, which records can. */
export type Condition = {
  holds(id: number): boolean;
  readonly candidates?: () => Iterable<number>;
  /** How many candidates there are, to choose the narrowest. */
  readonly size?: () => number;
};

const EVERYTHING: Condition = { holds: () => true };

/** Compiles a domain for a model; archived records are left out unless the domain, the context or the caller asks for them. */
export function compileDomain(env: Env, model: string, domain: unknown, archivedToo = false): Condition {
  const { condition, fields } = parse(env, model, domain);
  const hidden = !archivedToo && env.context.active_test !== false && !fields.has('active') && env.field(model, 'active');
  if (!hidden) return condition;
  return all([condition, { holds: (id) => env.valueOf(model, id, hidden) === true }]);
}

/** Compiles a domain as it stands. */
export function parse(env: Env, model: string, domain: unknown): { condition: Condition; fields: ReadonlySet<string> } {
  if (!Array.isArray(domain)) {
    if (env.version === 19) throw new OdooFault('type', `Domain() invalid argument type for domain: ${repr(domain)}`);
    throw new OdooFault('assertion', "Domains to normalize must have a 'domain' form: a list or tuple of domain components");
  }
  const fields = new Set<string>();
  const stack: Condition[] = [];
  const need = () => stack.pop() ?? malformed(env, domain);
  for (const item of domain.toReversed()) {
    if (item === '!') stack.push(not(need()));
    else if (item === '&') stack.push(all([need(), need()]));
    else if (item === '|') stack.push(any([need(), need()]));
    else if (Array.isArray(item) && item.length === 3) {
      fields.add(String(item[0]));
      stack.push(compileLeaf(env, model, item as [unknown, unknown, unknown]));
    } else invalid(env, item);
  }
  // Terms that stand side by side are joined by "and"; the stack holds the first on top.
  return { condition: stack.length === 0 ? EVERYTHING : all(stack.toReversed()), fields };
}

export function all(conditions: readonly Condition[]): Condition {
  if (conditions.length === 1) return conditions[0]!;
  const indexed = conditions.filter((condition) => condition.candidates);
  return {
    holds: (id) => conditions.every((condition) => condition.holds(id)),
    ...(indexed.length > 0
      ? {
          candidates: () => narrowest(indexed).candidates!(),
          size: () => narrowest(indexed).size?.() ?? Number.POSITIVE_INFINITY,
        }
      : {}),
  };
}

export function any(conditions: readonly Condition[]): Condition {
  const indexed = conditions.every((condition) => condition.candidates);
  return {
    holds: (id) => conditions.some((condition) => condition.holds(id)),
    ...(indexed
      ? {
          candidates: () => new Set(conditions.flatMap((condition) => [...condition.candidates!()])),
          size: () => conditions.reduce((sum, condition) => sum + (condition.size?.() ?? Number.POSITIVE_INFINITY), 0),
        }
      : {}),
  };
}

export function not(condition: Condition): Condition {
  return { holds: (id) => !condition.holds(id) };
}

function narrowest(conditions: readonly Condition[]): Condition {
  return conditions.reduce((best, one) =>
    (one.size?.() ?? Number.POSITIVE_INFINITY) < (best.size?.() ?? Number.POSITIVE_INFINITY) ? one : best,
  );
}

function malformed(env: Env, domain: unknown): never {
  if (env.version === 19) throw new OdooFault('value', `Domain() malformed domain ${repr(domain)}`);
  throw new OdooFault('assertion', `This domain is syntactically not correct: ${repr(domain)}`);
}

function invalid(env: Env, item: unknown): never {
  if (env.version === 19) throw new OdooFault('value', `Domain() invalid item in domain: ${repr(item)}`);
  throw new OdooFault(
    'value',
    `Invalid leaf ${Array.isArray(item) ? repr(item).replace('[', '(').replace(/\]$/, ')') : repr(item)}`,
  );
}
