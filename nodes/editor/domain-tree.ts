/** A domain as the builder shows it: conditions in groups. */
export type Condition = {
  readonly kind: 'condition';
  readonly field: string;
  readonly operator: string;
  readonly value: unknown;
};
export type Group = { readonly kind: 'group'; readonly join: 'and' | 'or' | 'not'; readonly items: readonly DomainTree[] };
export type DomainTree = Condition | Group;

/** The operators that the builder offers. */
export const OPERATORS = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'in',
  'not in',
  'like',
  'ilike',
  'not ilike',
  '=like',
  '=ilike',
  'child_of',
  'parent_of',
] as const;

/** Reads Odoo's prefix notation; throws an Error in words for what is none. */
export function treeOf(domain: unknown): Group {
  if (!Array.isArray(domain)) throw new Error('A domain is a list of conditions.');
  let next = 0;
  const operand = (): DomainTree => {
    const term: unknown = domain[next++];
    if (term === undefined) throw new Error('A condition is missing at the end.');
    if (term === '!') return { kind: 'group', join: 'not', items: [operand()] };
    if (term === '&' || term === '|') {
      const join = term === '&' ? 'and' : 'or';
      // `| | a b c` is one group of three.
      const items = [operand(), operand()].flatMap((item) => (item.kind === 'group' && item.join === join ? item.items : [item]));
      return { kind: 'group', join, items };
    }
    if (!Array.isArray(term) || term.length !== 3 || typeof term[0] !== 'string' || typeof term[1] !== 'string')
      throw new Error(`${JSON.stringify(term)} is not a condition: field, operator, value.`);
    return { kind: 'condition', field: term[0], operator: term[1], value: term[2] };
  };
  const items: DomainTree[] = [];
  while (next < domain.length) items.push(operand());
  const only = items[0];
  return items.length === 1 && only?.kind === 'group' && only.join !== 'not' ? only : { kind: 'group', join: 'and', items };
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
  try {
    return JSON.parse(trimmed);
  } catch {
    if (operator === 'in' || operator === 'not in') return trimmed.split(',').map((item) => typedValue(item, '='));
    return trimmed;
  }
}

/** A value as a person types it. */
export function textOf(value: unknown): string {
  return typeof value === 'string' && typedValue(value, '=') === value ? value : JSON.stringify(value);
}
