import { z } from 'zod';
import type { OdooClient } from './client.ts';
import { and, type Condition, type Domain, or, parseDomain } from './domain.ts';
import { OdooError } from './errors.ts';

export type OdooRecord = { readonly id: number; readonly [field: string]: unknown };

export type SearchOptions = {
  readonly model: string;
  readonly domain?: Domain | readonly unknown[] | string;
  /** All stored fields of the model where it is left out. */
  readonly fields?: readonly string[];
  /** Odoo's order, such as `write_date desc, id`; by id where it is left out. Its fields must be stored and not many2one. */
  readonly order?: string;
  readonly pageSize?: number;
  readonly limit?: number;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
};

const Records = z.array(z.looseObject({ id: z.number() }));

/** Records a page. XML-RPC is parsed in the process that also answers everything else, so its pages are smaller. */
const PAGE_SIZE = { json2: 1000, jsonrpc: 1000, xmlrpc: 250 } as const;

/**
 * The records of a domain, page by page, by keyset: each page begins after the last record of the one before, so that
 * records which come or go in between shift nothing. Throws OdooError.
 */
export async function* searchPages(client: OdooClient, options: SearchOptions): AsyncGenerator<OdooRecord[]> {
  const domain = parseDomain(options.domain);
  const order = parseOrder(options.order);
  const keys = order.map(({ field }) => field);
  // An empty list of fields would read them all: Odoo takes it for "no list".
  const fields = options.fields?.length ? [...new Set([...options.fields, ...keys])] : undefined;
  const largest = options.pageSize ?? PAGE_SIZE[await client.protocol()];
  let left = options.limit || Number.POSITIVE_INFINITY;
  let after: Domain = [];
  while (left > 0) {
    const size = Math.min(largest, left);
    const answer = await client.call({
      model: options.model,
      method: 'search_read',
      args: {
        domain: and(domain, after),
        limit: size,
        order: order.map(({ field, descending }) => `${field}${descending ? ' desc' : ''}`).join(', '),
        ...(fields ? { fields } : {}),
      },
      ...(options.context ? { context: options.context } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
      readOnly: true,
    });
    const page = Records.parse(answer) as OdooRecord[];
    const last = page.at(-1);
    if (!last) return;
    yield page;
    if (page.length < size) return;
    left -= page.length;
    after = afterRecord(last, order);
  }
}

/** All records of a domain at once; for answers that are known to be small. */
export async function searchAll(client: OdooClient, options: SearchOptions): Promise<OdooRecord[]> {
  const records: OdooRecord[] = [];
  for await (const page of searchPages(client, options)) for (const record of page) records.push(record);
  return records;
}

/** How many records the domain has. */
export async function count(client: OdooClient, options: Pick<SearchOptions, 'model' | 'domain' | 'context'>): Promise<number> {
  const { model, domain, context } = options;
  const args = { domain: parseDomain(domain) };
  return z
    .number()
    .parse(await client.call({ model, method: 'search_count', args, ...(context ? { context } : {}), readOnly: true }));
}

type OrderTerm = { readonly field: string; readonly descending: boolean };

function parseOrder(order = ''): OrderTerm[] {
  const terms = order
    .split(',')
    .map((term) => term.trim())
    .filter(Boolean)
    .map((term) => {
      const match = /^(\w+)(?:\s+(asc|desc))?$/i.exec(term);
      if (!match?.[1]) throw new OdooError('validation', `The order "${term}" is not a field followed by asc or desc.`);
      return { field: match[1], descending: match[2]?.toLowerCase() === 'desc' };
    });
  const id = terms.findIndex(({ field }) => field === 'id');
  return id >= 0 ? terms.slice(0, id + 1) : [...terms, { field: 'id', descending: false }];
}

/** The domain of what comes after a record: further by the first field, or equal there and further by the second, … */
function afterRecord(record: OdooRecord, order: readonly OrderTerm[]): Domain {
  const alternatives: Domain[] = [];
  const equal: Condition[] = [];
  for (const { field, descending } of order) {
    const value = record[field];
    if (Array.isArray(value))
      throw new OdooError('validation', `Pages cannot be ordered by ${field}: a relation has no order of its own.`);
    const further = beyond(field, value, descending);
    if (further) alternatives.push(and(equal, further));
    equal.push([field, '=', value]);
  }
  return or(...alternatives);
}

/** PostgreSQL puts empty values (false in Odoo) last when ascending and first when descending. */
function beyond(field: string, value: unknown, descending: boolean): Domain | undefined {
  if (value === false || value === null) return descending ? [[field, '!=', false]] : undefined;
  if (descending) return [[field, '<', value]];
  return field === 'id' ? [[field, '>', value]] : ['|', [field, '>', value], [field, '=', false]];
}
