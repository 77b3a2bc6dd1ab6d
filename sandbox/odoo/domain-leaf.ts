import { all, any, type Condition, not, parse } from './domain.ts';
import { family, parentField } from './domain-hierarchy.ts';
import { likePattern } from './domain-pattern.ts';
import type { Env } from './env.ts';
import { OdooFault, repr } from './errors.ts';
import { comparableMoment, nextMoment } from './moments.ts';
import type { Field } from './schema.ts';
import type { Value } from './store.ts';

type Leaf = readonly [unknown, unknown, unknown];

const OPERATORS = new Set(
  '= != <> == > < >= <= in|not in|like|not like|ilike|not ilike|=like|=ilike|not =like|not =ilike|=?|child_of|parent_of|any|not any'
    .split('|')
    .flatMap((part) => (part.startsWith('=') && part.includes(' ') ? part.split(' ') : [part])),
);
const SINCE_19 = new Set(['any', 'not any', 'not =like', 'not =ilike']);

const NEVER: Condition = { holds: () => false, candidates: () => [], size: () => 0 };
const ALWAYS: Condition = { holds: () => true };

/** Compiles `[field, operator, value]`. */
export function compileLeaf(env: Env, model: string, leaf: Leaf): Condition {
  const [expression, operatorGiven, value] = leaf;
  if (typeof expression === 'number') {
    if (expression === value && operatorGiven === '=') return expression === 1 ? ALWAYS : NEVER;
    return expression === 0 && value === 1 ? NEVER : invalidCondition(env, leaf, 'Invalid leaf');
  }
  const operator = String(operatorGiven).toLowerCase();
  if (typeof expression !== 'string' || !OPERATORS.has(operator) || (env.version === 14 && SINCE_19.has(operator)))
    return invalidCondition(env, leaf, 'Invalid operator');
  const [name = '', ...rest] = expression.split('.');
  const field = env.field(model, name);
  if (!field) return unknownField(env, model, leaf, name);
  if (rest.length > 0) {
    if (!field.relation || field.type === 'many2one_reference') return unknownField(env, model, leaf, expression);
    return through(env, model, field, parse(env, field.relation, [[rest.join('.'), operatorGiven, value]]).condition, true);
  }
  return compileOperator(env, model, field, operator, value);
}

function compileOperator(env: Env, model: string, field: Field, operator: string, value: unknown): Condition {
  switch (operator) {
    case '=?':
      return value === false || value === null ? ALWAYS : compileOperator(env, model, field, '=', value);
    case '==':
    case '=':
      return Array.isArray(value) ? among(env, model, field, value) : among(env, model, field, [value]);
    case '<>':
    case '!=':
      return not(Array.isArray(value) ? among(env, model, field, value) : among(env, model, field, [value]));
    case 'in':
      return typeof value === 'boolean'
        ? value
          ? not(among(env, model, field, [false]))
          : among(env, model, field, [false])
        : among(env, model, field, list(value));
    case 'not in':
      return typeof value === 'boolean'
        ? value
          ? among(env, model, field, [false])
          : not(among(env, model, field, [false]))
        : not(among(env, model, field, list(value)));
    case 'any':
      return through(env, model, field, parse(env, field.relation ?? model, value).condition, false);
    case 'not any':
      return not(through(env, model, field, parse(env, field.relation ?? model, value).condition, false));
    case 'child_of':
    case 'parent_of':
      return hierarchy(env, model, field, operator, value);
    case '<':
    case '>':
    case '<=':
    case '>=':
      return compared(env, model, field, operator, value);
    default:
      return operator.startsWith('not ')
        ? not(alike(env, model, field, operator.slice(4), value))
        : alike(env, model, field, operator, value);
  }
}

/** `=` and `in`: false stands for an empty value; a text on a relation is searched by name. */
function among(env: Env, model: string, field: Field, values: readonly unknown[]): Condition {
  if (field.relation && values.some((value) => typeof value === 'string')) {
    const found = values.flatMap((value) =>
      typeof value === 'string' ? byName(env, field.relation!, '=', value) : [Number(value)],
    );
    return among(env, model, field, found);
  }
  const empty = values.some((value) => value === false || value === null);
  if (field.type === 'datetime') return moments(env, model, field, values, empty);
  const wanted = new Set<Value>();
  for (const value of values) {
    if (value === false || value === null) {
      if (field.type === 'boolean') wanted.add(false);
      wanted.add(null);
      // From 19 on an empty text and a zero are as good as none.
      if (env.version === 19 && isNumber(field)) wanted.add(0);
      if (env.version === 19 && isText(field)) wanted.add('');
    } else if (field.type === 'boolean') wanted.add(Boolean(value));
    else wanted.add(scalar(field, value));
    if (env.version === 19 && value === '' && isText(field)) wanted.add(null);
  }
  if (field.type === 'many2many' || field.type === 'one2many') {
    const ids = wanted as ReadonlySet<unknown>;
    return {
      holds: (id) => {
        const held = env.with({ active_test: false }).valueOf(model, id, field) as readonly number[] | null;
        return held === null || held.length === 0 ? empty : held.some((one) => ids.has(one));
      },
    };
  }
  if (field.name === 'id') {
    const ids = wanted as ReadonlySet<number>;
    return { holds: (id) => ids.has(id), candidates: () => ids, size: () => ids.size };
  }
  const holds = (id: number) => wanted.has(env.valueOf(model, id, field));
  if (!field.stored) return { holds };
  const table = env.store.table(model);
  return {
    holds,
    candidates: function* () {
      for (const value of wanted) yield* table.having(field.name, value);
    },
    size: () => [...wanted].reduce<number>((sum, value) => sum + table.having(field.name, value).size, 0),
  };
}

/** Datetimes are compared by the whole second, in every version as far as a reader can tell. */
function moments(env: Env, model: string, field: Field, values: readonly unknown[], empty: boolean): Condition {
  const wanted = new Set(values.filter((value) => typeof value === 'string').map((value) => comparableMoment(field, value)));
  return {
    holds: (id) => {
      const value = env.valueOf(model, id, field);
      return value === null ? empty : wanted.has(String(value).slice(0, 19));
    },
  };
}

function compared(env: Env, model: string, field: Field, operator: '<' | '>' | '<=' | '>=', value: unknown): Condition {
  if ((value === false || value === null) && !isNumber(field)) return NEVER;
  let against: Value =
    isNumber(field) && !value
      ? 0
      : field.type === 'date' || field.type === 'datetime'
        ? comparableMoment(field, value)
        : scalar(field, value);
  let sign: string = operator;
  // A datetime is answered in seconds and kept in microseconds: from Odoo 19 on, "after" means after that whole second.
  if (field.type === 'datetime' && env.version === 19 && (operator === '>' || operator === '<=')) {
    against = nextMoment(String(value));
    sign = operator === '>' ? '>=' : '<';
  }
  return {
    holds: (id) => {
      const held = field.name === 'id' ? id : env.valueOf(model, id, field);
      if (held === null || against === null) return false;
      if (sign === '<') return held < against;
      if (sign === '>') return held > against;
      return sign === '<=' ? held <= against : held >= against;
    },
  };
}

/** `like` and its kin: `%` and `_` as in SQL; all but `=like` and `=ilike` look for the text anywhere. */
function alike(env: Env, model: string, field: Field, operator: string, value: unknown): Condition {
  if (field.relation) {
    const ids = new Set(byName(env, field.relation, operator, String(value ?? '')));
    return through(env, model, field, { holds: (id) => ids.has(id) }, true);
  }
  if (value === '' && !operator.startsWith('=')) return ALWAYS;
  const anywhere = !operator.startsWith('=');
  const pattern = likePattern(anywhere ? `%${value}%` : String(value), operator.endsWith('ilike'));
  return {
    holds: (id) => {
      const held = env.valueOf(model, id, field);
      return held !== null && pattern.test(String(held));
    },
  };
}

function hierarchy(env: Env, model: string, field: Field, operator: 'child_of' | 'parent_of', value: unknown): Condition {
  const on = field.name === 'id' ? model : (field.relation ?? model);
  const start = list(value).flatMap((one) => (typeof one === 'string' ? byName(env, on, 'ilike', one) : [Number(one)]));
  const ids = family(env, on, operator, start);
  // On the field that makes the tree the record itself is meant, as on `id`.
  if (field.name === 'id' || field.name === parentField(env, model))
    return { holds: (id) => ids.has(id), candidates: () => ids, size: () => ids.size };
  return through(env, model, field, { holds: (id) => ids.has(id) }, true);
}

/** A condition on the records that a field names. Over a list only active ones count, over a many2one archived ones too. */
function through(env: Env, model: string, field: Field, condition: Condition, path: boolean): Condition {
  const relation = field.relation;
  if (!relation) throw new OdooFault('value', `Invalid operator on a field that is no relation: ${model}.${field.name}`);
  if (field.type === 'many2one') {
    const holds = (id: number) => {
      const value = env.valueOf(model, id, field);
      return typeof value === 'number' && env.exists(relation, value) && condition.holds(value);
    };
    if (!field.stored || !condition.candidates) return { holds };
    const table = env.store.table(model);
    return {
      holds,
      candidates: function* () {
        for (const value of condition.candidates!()) yield* table.having(field.name, value);
      },
    };
  }
  const among = path ? env : env.with({});
  return {
    holds: (id) => {
      const ids = among.valueOf(model, id, field);
      return Array.isArray(ids) && ids.some((one) => condition.holds(one));
    },
  };
}

/** The records that a name means, as `name_search` finds them. */
export function byName(env: Env, model: string, operator: string, name: string): number[] {
  const { searchedByName, behaviour, nameField } = env.model(model);
  const fields = behaviour.displayName && searchedByName.length === 1 ? [nameField] : searchedByName;
  const leaves = fields
    .filter((field) => env.field(model, field))
    .map((field) => compileLeaf(env, model, [field, operator, name]));
  const found = any(leaves.length > 0 ? leaves : [NEVER]);
  const shown = all([{ holds: (id) => env.displayName(model, id).toLowerCase() === name.toLowerCase() }]);
  const ids: number[] = [];
  for (const id of env.store.table(model).rows.keys())
    if (found.holds(id) || (operator !== '=like' && shown.holds(id))) ids.push(id);
  return env.activeOnly(model, ids);
}

function scalar(field: Field, value: unknown): Value {
  if (field.type === 'date') return comparableMoment(field, value);
  if ((isNumber(field) || field.relation) && typeof value === 'string')
    return value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : value;
  return isText(field) && typeof value === 'number' ? String(value) : (value as Value);
}

const isNumber = ({ type }: Field) => type === 'integer' || type === 'float' || type === 'monetary';
const isText = ({ type }: Field) => type === 'char' || type === 'text' || type === 'html' || type === 'selection';

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function tuple(leaf: Leaf): string {
  return `(${leaf.map(repr).join(', ')})`;
}

function invalidCondition(env: Env, leaf: Leaf, what: string): never {
  throw new OdooFault('value', env.version === 19 ? `${what} in condition ${tuple(leaf)}` : `Invalid leaf ${tuple(leaf)}`);
}

function unknownField(env: Env, model: string, leaf: Leaf, name: string): never {
  const shown = tuple(leaf);
  if (env.version === 19) throw new OdooFault('value', `Invalid field ${model}.${name} in condition ${shown}`);
  throw new OdooFault('value', `Invalid field ${model}.${name} in leaf ${shown}`);
}
