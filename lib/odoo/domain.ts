import { OdooError } from './errors.ts';
import { parseLiteral } from './literal.ts';

/** A condition: a field path, an operator, a value. */
export type Condition = readonly [field: string, operator: string, value: unknown];
/** Odoo's search domain, in prefix notation. */
export type Domain = readonly (Condition | '&' | '|' | '!')[];

// biome-ignore format: a list to read at a glance
const OPERATORS = new Set([
  '=', '!=', '<>', '>', '>=', '<', '<=', '=?', 'in', 'not in', 'like', 'not like', 'ilike', 'not ilike', '=like', 'not =like',
  '=ilike', 'not =ilike', 'child_of', 'parent_of', 'any', 'not any',
]);

/**
 * A domain from an array, or from text as JSON or as Odoo's Python literals (`[('state', '=', 'done')]`).
 * Blank text is the domain of all records. Throws OdooError `validation` that says where it is wrong: a domain that is
 * not understood must never become an empty filter.
 */
export function parseDomain(value: unknown): Domain {
  if (value === undefined || value === null || value === '') return [];
  const domain = typeof value === 'string' ? parseLiteral(value.trim() || '[]', 'domain') : value;
  if (!Array.isArray(domain)) throw wrong('it is not a list');
  domain.forEach(checkTerm);
  checkArity(domain as unknown as Domain);
  return domain as unknown as Domain;
}

/** Both, or all, of the domains. */
export function and(...domains: readonly Domain[]): Domain {
  return join('&', domains);
}

/** Any of the domains. */
export function or(...domains: readonly Domain[]): Domain {
  return join('|', domains);
}

function join(operator: '&' | '|', domains: readonly Domain[]): Domain {
  const parts = domains.filter((domain) => domain.length > 0).map(whole);
  // "Any of" a domain that takes everything takes everything.
  if (operator === '|' && parts.length < domains.length) return [];
  return [...Array.from({ length: Math.max(0, parts.length - 1) }, () => operator), ...parts.flat()];
}

/** The domain with its implied `&` written out, so that it can be joined to others. */
function whole(domain: Domain): Domain {
  const loose = 1 - checkArity(domain);
  return loose < 0 ? [...Array.from({ length: -loose }, () => '&' as const), ...domain] : domain;
}

function checkTerm(term: unknown, at: number): void {
  if (term === '&' || term === '|' || term === '!') return;
  if (!Array.isArray(term)) throw wrong(`term ${at + 1} is neither a condition nor one of & | !`);
  const [field, operator] = term as unknown[];
  if (term.length !== 3) throw wrong(`term ${at + 1} has ${term.length} parts; a condition has three: field, operator, value`);
  if (typeof field !== 'string' && !(field === 1 || field === 0)) throw wrong(`term ${at + 1}: the field is not a name`);
  if (typeof operator !== 'string' || !OPERATORS.has(operator.toLowerCase()))
    throw wrong(`term ${at + 1}: Odoo has no operator ${JSON.stringify(operator)}`);
}

/** Number of operands that stand side by side at the top, joined by the implied `&`. */
function checkArity(domain: Domain): number {
  let operands = 0;
  for (let at = domain.length - 1; at >= 0; at--) {
    const term = domain[at];
    const needs = term === '!' ? 1 : term === '&' || term === '|' ? 2 : 0;
    if (operands < needs)
      throw wrong(
        `the ${JSON.stringify(term)} at term ${at + 1} lacks ${needs === 1 ? 'the condition' : 'a condition'} it stands before`,
      );
    operands += 1 - needs;
  }
  return operands;
}

function wrong(what: string): OdooError {
  return new OdooError('validation', `The domain cannot be understood: ${what}.`);
}
