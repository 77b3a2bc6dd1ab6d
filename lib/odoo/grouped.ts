import { z } from 'zod';
import { answerAs } from './answer.ts';
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
  /** Odoo's order of the groups, such as `product_id`; the server's own where it is left out. */
  readonly order?: string;
  readonly limit?: number;
  readonly context?: Readonly<Record<string, unknown>>;
};

/**
 * A group: the fields it is grouped by, its totals as `field:function`, and `__count`. A many2one comes as `[id, name]`,
 * a step of time as the moment it begins (a date, or UTC for a field with a time), whatever the version.
 */
export type Group = Readonly<Record<string, unknown>>;

const Groups = z.array(z.record(z.string(), z.unknown()));

const TIMES: ReadonlySet<string> = new Set(['date', 'datetime']);

/** Servers that turned out to have no `formatted_read_group` (before 19); asked once a client. */
const withoutFormatted = new WeakSet<OdooClient>();

/** Totals by group: `formatted_read_group` where the server has it, `read_group` before. Throws OdooError. */
export async function groupedTotals(client: OdooClient, options: GroupOptions): Promise<Group[]> {
  for (const aggregate of options.aggregates)
    if (!/^\w+:\w+$/.test(aggregate))
      throw new OdooError('validation', `The total "${aggregate}" is not a field, a colon and a function, such as quantity:sum.`);
  const domain = parseDomain(options.domain);
  if (!withoutFormatted.has(client)) {
    try {
      return await formattedGroups(client, options, domain);
    } catch (error) {
      if (!(error instanceof OdooError && error.code === 'not-found' && /formatted_read_group/.test(error.message))) throw error;
      withoutFormatted.add(client);
    }
  }
  return readGroups(client, options, domain);
}

/** From 19: a step of time is `[begin, label]`. */
async function formattedGroups(client: OdooClient, options: GroupOptions, domain: Domain): Promise<Group[]> {
  const { groupBy, aggregates, order, limit } = options;
  const args = {
    domain,
    groupby: groupBy,
    aggregates: ['__count', ...aggregates],
    ...(order ? { order } : {}),
    ...(limit ? { limit } : {}),
  };
  const groups = await ask(client, options, 'formatted_read_group', args);
  return groups.map((group) => {
    const answer: [string, unknown][] = groupBy.map((key) => {
      const value = group[key];
      return [key, Array.isArray(value) && typeof value[0] === 'string' ? value[0] : value];
    });
    for (const key of [...aggregates, '__count']) answer.push([key, group[key]]);
    return Object.fromEntries(answer);
  });
}

/** Up to 18: a step of time is a label in the user's language; where it begins stands in the group's domain. */
async function readGroups(client: OdooClient, options: GroupOptions, domain: Domain): Promise<Group[]> {
  const { groupBy, aggregates, order, limit } = options;
  // `name:function(field)` gives the total a name of its own, so that two totals of one field do not collide.
  const fields = aggregates.map((aggregate, at) => aggregate.replace(/^(\w+):(\w+)$/, `total_${at}:$2($1)`));
  const args = {
    domain,
    fields,
    groupby: groupBy,
    lazy: false,
    ...(order ? { orderby: order } : {}),
    ...(limit ? { limit } : {}),
  };
  const known = await (await client.profile()).fields(options.model);
  const groups = await ask(client, options, 'read_group', args);
  return groups.map((group) => {
    const answer: [string, unknown][] = groupBy.map((key) => {
      const field = key.split(':')[0] ?? key;
      return [key, (TIMES.has(known[field]?.type ?? '') && group[key] && beginOf(group, field)) || group[key]];
    });
    for (const [at, aggregate] of aggregates.entries()) answer.push([aggregate, group[`total_${at}`]]);
    return Object.fromEntries([...answer, ['__count', group.__count]]);
  });
}

async function ask(
  client: OdooClient,
  { model, context }: GroupOptions,
  method: string,
  args: Readonly<Record<string, unknown>>,
) {
  const answer = await client.call({ model, method, args, readOnly: true, ...(context ? { context } : {}) });
  return answerAs(Groups, answer, model, method);
}

/** The begin of the step in time that a group stands for. Its bounds come before those of the caller's own domain. */
function beginOf(group: Readonly<Record<string, unknown>>, field: string): unknown {
  const domain = Array.isArray(group.__domain) ? (group.__domain as unknown[]) : [];
  const bound = domain.find((term) => Array.isArray(term) && term[0] === field && term[1] === '>=') as unknown[] | undefined;
  return bound?.[2];
}
