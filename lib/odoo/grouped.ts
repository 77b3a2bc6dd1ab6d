import { z } from 'zod';
import type { OdooClient } from './client.ts';
import { type Domain, parseDomain } from './domain.ts';
import { OdooError } from './errors.ts';

export type GroupOptions = {
  readonly model: string;
  readonly domain?: Domain | readonly unknown[] | string;
  /** Fields to group by; a date takes a step, as in `date:month`. */
  readonly groupBy: readonly string[];
  /** Totals as `field:function`, such as `quantity:sum`. The number of records comes as `__count` in any case. */
  readonly aggregates: readonly string[];
  readonly limit?: number;
  readonly context?: Readonly<Record<string, unknown>>;
};

/** A group: the fields it is grouped by, its totals as `field:function`, and `__count`. */
export type Group = Readonly<Record<string, unknown>>;

const Groups = z.array(z.record(z.string(), z.unknown()));

/**
 * Totals by group, in one shape on every version: `formatted_read_group` where the server has it (19 and later),
 * `read_group` before. Throws OdooError.
 */
export async function groupedTotals(client: OdooClient, options: GroupOptions): Promise<Group[]> {
  const { model, groupBy, aggregates, limit, context } = options;
  const domain = parseDomain(options.domain);
  for (const aggregate of aggregates)
    if (!/^\w+:\w+$/.test(aggregate))
      throw new OdooError('validation', `The total "${aggregate}" is not a field, a colon and a function, such as quantity:sum.`);
  const more = { ...(limit ? { limit } : {}) };
  const about = { model, ...(context ? { context } : {}), readOnly: true };
  try {
    const args = { domain, groupby: groupBy, aggregates: ['__count', ...aggregates], ...more };
    const groups = Groups.parse(await client.call({ ...about, method: 'formatted_read_group', args }));
    return groups.map((group) => pick(group, [...groupBy, ...aggregates, '__count']));
  } catch (error) {
    if (!(error instanceof OdooError && error.code === 'not-found')) throw error;
  }
  // `name:function(field)` gives the total a name of its own, so that two totals of one field do not collide.
  const named = new Map(aggregates.map((aggregate, at) => [`total_${at}`, aggregate]));
  const fields = [...named].map(([name, aggregate]) => aggregate.replace(/^(\w+):(\w+)$/, `${name}:$2($1)`));
  const args = { domain, fields, groupby: groupBy, lazy: false, ...more };
  const groups = Groups.parse(await client.call({ ...about, method: 'read_group', args }));
  return groups.map((group) => {
    const answer = pick(group, [...groupBy, '__count']);
    for (const [name, aggregate] of named) answer[aggregate] = group[name];
    return answer;
  });
}

function pick(group: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, group[key]]));
}
