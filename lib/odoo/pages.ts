import { z } from 'zod';
import { answerAs } from './answer.ts';
import { slices } from './bisect.ts';
import type { OdooClient } from './client.ts';
import { and, type Domain, parseDomain } from './domain.ts';
import { OdooError } from './errors.ts';

export type OdooRecord = { readonly id: number; readonly [field: string]: unknown };

export type SearchOptions = {
  readonly model: string;
  readonly domain?: Domain | readonly unknown[] | string;
  /** All stored fields of the model where it is left out. */
  readonly fields?: readonly string[];
  /** Odoo's order, such as `write_date desc, id`; by id where it is left out. Its fields must be stored. */
  readonly order?: string;
  readonly pageSize?: number;
  readonly limit?: number;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
};

const Records = z.array(z.looseObject({ id: z.number() }));
const Ids = z.array(z.number());

/** Records a page. XML-RPC is parsed in the process that also answers everything else, so its pages are smaller. */
const PAGE_SIZE = { json2: 1000, jsonrpc: 1000, xmlrpc: 250 } as const;

/**
 * The records of a domain, page by page, so that records which come or go in between shift nothing. By id, each page
 * begins after the last of the one before. In any other order the ids are fetched at once and read page by page: values
 * cannot stand for a place in the order (up to 18 an empty number reads as 0 and a time lacks its microseconds).
 * Throws OdooError.
 */
export async function* searchPages(client: OdooClient, options: SearchOptions): AsyncGenerator<OdooRecord[]> {
  const domain = parseDomain(options.domain);
  const order = parseOrder(options.order);
  const size = options.pageSize || PAGE_SIZE[await client.protocol()];
  if (order[0]?.field === 'id') yield* pagesById(client, options, domain, order[0].descending, size);
  else yield* pagesByList(client, options, domain, order.map(termText).join(', '), size);
}

async function* pagesById(
  client: OdooClient,
  options: SearchOptions,
  domain: Domain,
  descending: boolean,
  pageSize: number,
): AsyncGenerator<OdooRecord[]> {
  let left = options.limit || Number.POSITIVE_INFINITY;
  let after: Domain = [];
  while (left > 0) {
    const limit = Math.min(pageSize, left);
    const page = await read(client, options, { domain: and(domain, after), limit, order: descending ? 'id desc' : 'id' });
    const last = page.at(-1);
    if (!last) return;
    yield page;
    if (page.length < limit) return;
    left -= page.length;
    after = [['id', descending ? '<' : '>', last.id]];
  }
}

async function* pagesByList(
  client: OdooClient,
  options: SearchOptions,
  domain: Domain,
  order: string,
  pageSize: number,
): AsyncGenerator<OdooRecord[]> {
  const args = { domain, order, ...(options.limit ? { limit: options.limit } : {}) };
  const answer = await client.call({ ...about(options), method: 'search', args });
  const ids = answerAs(Ids, answer, options.model, 'search');
  // The ids were chosen with the caller's context; an archived one must be found again by its id.
  const archivedToo = { ...options, context: { ...options.context, active_test: false } };
  for (const { items } of slices(ids, pageSize)) {
    const found = await read(client, archivedToo, { domain: [['id', 'in', items]] });
    const byId = new Map(found.map((record) => [record.id, record]));
    // One that was deleted since is no longer there.
    const page = items.map((id) => byId.get(id)).filter((record) => record !== undefined);
    if (page.length > 0) yield page;
  }
}

async function read(client: OdooClient, options: SearchOptions, args: Readonly<Record<string, unknown>>): Promise<OdooRecord[]> {
  // An empty list of fields would read them all: Odoo takes it for "no list".
  const fields = options.fields?.length ? { fields: [...new Set(options.fields)] } : {};
  const answer = await client.call({ ...about(options), method: 'search_read', args: { ...args, ...fields } });
  return answerAs(Records, answer, options.model, 'search_read') as OdooRecord[];
}

function about({ model, context, signal }: SearchOptions) {
  return { model, readOnly: true, ...(context ? { context } : {}), ...(signal ? { signal } : {}) };
}

/** All records of a domain at once; for answers that are known to be small. */
export async function searchAll(client: OdooClient, options: SearchOptions): Promise<OdooRecord[]> {
  const records: OdooRecord[] = [];
  for await (const page of searchPages(client, options)) for (const record of page) records.push(record);
  return records;
}

/** How many records the domain has. */
export async function count(client: OdooClient, options: Pick<SearchOptions, 'model' | 'domain' | 'context'>): Promise<number> {
  const args = { domain: parseDomain(options.domain) };
  return answerAs(
    z.number(),
    await client.call({ ...about(options), method: 'search_count', args }),
    options.model,
    'search_count',
  );
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

function termText({ field, descending }: OrderTerm): string {
  return descending ? `${field} desc` : field;
}
