import { parseDomain } from '../../lib/odoo/domain.ts';

/** A domain as the builder shows it: conditions in groups. */
export type Condition = {
  readonly kind: 'condition';
  readonly field: string;
  readonly operator: string;
  readonly value: unknown;
};
export type Group = { readonly kind: 'group'; readonly join: 'and' | 'or' | 'not'; readonly items: readonly DomainTree[] };
export type DomainTree = Condition | Group;

/** The operators that the builder offers, each with the name that its text in the locale has. */
export const OPERATORS = {
  '=': 'is',
  '!=': 'isNot',
  '>': 'above',
  '>=': 'atLeast',
  '<': 'below',
  '<=': 'atMost',
  in: 'oneOf',
  'not in': 'noneOf',
  ilike: 'contains',
  'not ilike': 'containsNot',
  '=ilike': 'fits',
  child_of: 'within',
  parent_of: 'around',
} as const;

/**
 * Reads a domain as text, JSON or as Odoo writes it (`[('state', '=', 'done')]`), or as a list. Throws an Error in words for
 * what is none, or for what rows cannot show.
 */
export function treeOf(source: unknown): Group {
  const domain = parseDomain(source);
  let next = 0;
  const operand = (): DomainTree => {
    const term = domain[next++];
    if (term === '!') {
      const item = operand();
      // Not of `& a b` is one group: not (a and b).
      return { kind: 'group', join: 'not', items: item.kind === 'group' && item.join === 'and' ? item.items : [item] };
    }
    if (term === '&' || term === '|') {
      const join = term === '&' ? 'and' : 'or';
      // `| | a b c` is one group of three.
      const items = [operand(), operand()].flatMap((item) => (item.kind === 'group' && item.join === join ? item.items : [item]));
      return { kind: 'group', join, items };
    }
    const [field, operator, value] = term as readonly [unknown, string, unknown];
    if (typeof field !== 'string') throw new Error(`${JSON.stringify(term)} names no field. It can only be edited as text.`);
    return { kind: 'condition', field, operator, value };
  };
  const items: DomainTree[] = [];
  while (next < domain.length) items.push(operand());
  const only = items[0];
  return items.length === 1 && only?.kind === 'group' ? only : { kind: 'group', join: 'and', items };
}

/** Odoo's prefix notation for a tree; empty groups are left out. */
export function domainOf(tree: DomainTree): unknown[] {
  if (tree.kind === 'condition') return [[tree.field, tree.operator, tree.value]];
  const items = tree.items.map(domainOf).filter((item) => item.length > 0);
  if (tree.join === 'not') return items.length === 0 ? [] : ['!', ...joined('&', items)];
  return joined(tree.join === 'and' ? '&' : '|', items);
}

function joined(operator: '&' | '|', items: readonly unknown[][]): unknown[] {
  return [...Array.from({ length: Math.max(0, items.length - 1) }, () => operator), ...items.flat()];
}

/** What a person typed as a value: JSON where it is JSON, a list for `in`, else the text itself. */
export function typedValue(text: string, operator: string): unknown {
  const trimmed = text.trim();
  const takesList = operator === 'in' || operator === 'not in';
  try {
    const value: unknown = JSON.parse(trimmed);
    return takesList && !Array.isArray(value) ? [value] : value;
  } catch {
    if (!takesList) return trimmed;
    return trimmed === '' ? [] : trimmed.split(',').map((item) => typedValue(item, '='));
  }
}

/** A value as a person types it. */
export function textOf(value: unknown): string {
  return typeof value === 'string' && typedValue(value, '=') === value ? value : JSON.stringify(value);
}
