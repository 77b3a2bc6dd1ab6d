import type { TransportCall } from './transport.ts';

/**
 * Arguments that the legacy protocols must send by position: `create` is told apart by its first one, and the first
 * parameter of `search` and `search_count` was called `args` up to Odoo 15.
 */
const BY_POSITION: Readonly<Record<string, readonly string[]>> = {
  create: ['vals_list'],
  write: ['vals'],
  search: ['domain'],
  search_count: ['domain'],
};

/** The `args` and `kwargs` of `execute_kw` for a call with named arguments. */
export function legacyArguments({ method, ids, args = {}, context }: TransportCall): [unknown[], Record<string, unknown>] {
  const named: Record<string, unknown> = { ...args };
  const positional: unknown[] = ids ? [ids] : [];
  for (const name of BY_POSITION[method] ?? []) {
    if (!(name in named)) break;
    positional.push(named[name]);
    delete named[name];
  }
  if (context) named.context = context;
  return [positional, named];
}
