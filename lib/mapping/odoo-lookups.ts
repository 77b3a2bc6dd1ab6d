import type { OdooClient } from '../odoo/client.ts';
import type { Profile } from '../odoo/profile.ts';
import type { Found, Lookups } from './lookups.ts';
import { odooRoutes } from './odoo-routes.ts';

/** What the look-ups need of an Odoo client. */
export type LookupClient = Pick<OdooClient, 'call'> & { profile(): Promise<Pick<Profile, 'hasModel' | 'fields'>> };

export type LookupOptions = { /** How long an answer is good for (300). */ readonly ttlSeconds?: number };

const VALUES_A_CALL = 1_000;
const MOST_REMEMBERED = 100_000;

type Remembered = { readonly value: unknown; readonly until: number };
type Row = Readonly<Record<string, unknown>>;
type Question = { readonly model: string; readonly by: string; readonly take: string; readonly domain: readonly unknown[] };

/** Answers live as long as the client that gave them, so that every message of a node shares them. */
const memories = new WeakMap<LookupClient, Map<string, Map<string, Remembered>>>();

/**
 * Looks values up in Odoo in bulk, by `in`, a thousand at a time. What was found is remembered for `ttlSeconds`; what was
 * not found, or found twice, is asked anew each time, since someone may have mended it.
 *
 * Archived records are not found, as everywhere in Odoo; say `["active", "in", [true, false]]` in the domain to find them.
 * @throws whatever the client throws
 */
export function odooLookups(client: LookupClient, { ttlSeconds = 300 }: LookupOptions = {}): Lookups {
  const memory = memories.get(client) ?? new Map<string, Map<string, Remembered>>();
  memories.set(client, memory);
  const recall = (name: string): Map<string, Remembered> => {
    const known = memory.get(name) ?? new Map<string, Remembered>();
    if (known.size > MOST_REMEMBERED) known.clear();
    memory.set(name, known);
    return known;
  };

  return {
    async resolve(model, by, values, take, domain = []) {
      const known = recall(JSON.stringify([model, by, take, domain]));
      const now = Date.now();
      const fresh = new Map<string, Found>();
      const missing = new Set<string>();
      for (const value of values) {
        const remembered = known.get(String(value));
        if (remembered && remembered.until > now) fresh.set(String(value), { value: remembered.value });
        else missing.add(String(value));
      }
      const asked = [...missing];
      for (let from = 0; from < asked.length; from += VALUES_A_CALL)
        for (const [value, found] of await ask(client, { model, by, take, domain }, asked.slice(from, from + VALUES_A_CALL))) {
          fresh.set(value, found);
          if ('value' in found) known.set(value, { value: found.value, until: now + ttlSeconds * 1_000 });
        }
      return new Map(values.map((value) => [value, fresh.get(String(value)) ?? { error: 'unknown' }]));
    },
    routes: (wanted) => odooRoutes(client, wanted, recall('routes'), ttlSeconds),
  };
}

async function ask(client: LookupClient, question: Question, values: readonly string[]): Promise<Map<string, Found>> {
  if (question.by === 'external_id') return byExternalId(client, question, values);
  const { model, by, take, domain } = question;
  const condition = [by, 'in', by === 'id' ? values.map(Number).filter(Number.isSafeInteger) : values];
  const fields = take === 'external_id' ? [by] : [by, take];
  const rows = await searchRead(client, model, [condition, ...domain], fields);
  const found = new Map<string, Found>();
  const taken = take === 'external_id' ? await externalIds(client, model, rows.map(idOf)) : undefined;
  for (const row of rows) {
    const value = by === 'id' ? String(row.id) : String(plain(row[by]));
    const answer: Found = taken ? namedBy(taken, idOf(row)) : { value: plain(row[take]) };
    found.set(value, found.has(value) ? { error: 'ambiguous' } : answer);
  }
  return found;
}

/** External ids stand in `ir.model.data`; one without a dot has an empty module, as after an import. */
async function byExternalId(
  client: LookupClient,
  { model, take, domain }: Question,
  values: readonly string[],
): Promise<Map<string, Found>> {
  const parts = values.map((value) => [value, ...moduleAndName(value)] as const);
  const modules = [...new Set(parts.map(([, module]) => module))];
  const conditions = [
    ['model', '=', model],
    ['module', 'in', modules],
    ['name', 'in', parts.map(([, , name]) => name)],
  ];
  const data = await searchRead(client, 'ir.model.data', conditions, ['module', 'name', 'res_id']);
  const ids = new Map(data.map((row) => [JSON.stringify([plain(row.module) ?? '', row.name]), Number(row.res_id)]));
  const rows = await searchRead(client, model, [['id', 'in', [...new Set(ids.values())]], ...domain], [take]);
  const byId = new Map(rows.map((row) => [idOf(row), plain(row[take])]));
  const found = new Map<string, Found>();
  for (const [value, module, name] of parts) {
    const id = ids.get(JSON.stringify([module, name]));
    if (id !== undefined && byId.has(id)) found.set(value, { value: byId.get(id) });
  }
  return found;
}

/** The first external id of each record. */
async function externalIds(client: LookupClient, model: string, ids: readonly number[]): Promise<Map<number, string>> {
  const rows = await searchRead(
    client,
    'ir.model.data',
    [
      ['model', '=', model],
      ['res_id', 'in', ids],
    ],
    ['module', 'name', 'res_id'],
  );
  const names = new Map<number, string>();
  for (const { module, name, res_id: id } of rows)
    if (!names.has(Number(id))) names.set(Number(id), module ? `${module}.${name}` : String(name));
  return names;
}

function namedBy(names: ReadonlyMap<number, string>, id: number): Found {
  const name = names.get(id);
  return name === undefined ? { error: 'unknown' } : { value: name };
}

function moduleAndName(externalId: string): [string, string] {
  const dot = externalId.indexOf('.');
  return dot < 0 ? ['', externalId] : [externalId.slice(0, dot), externalId.slice(dot + 1)];
}

/** Rows in the order of their ids, so that the same question has the same answer. */
export async function searchRead(
  client: LookupClient,
  model: string,
  domain: readonly unknown[],
  fields: readonly string[],
): Promise<Row[]> {
  const args = { domain, fields: [...new Set(fields)].filter((field) => field !== 'id'), order: 'id' };
  const answer = await client.call({ model, method: 'search_read', args, readOnly: true });
  return Array.isArray(answer) ? answer : [];
}

function idOf(row: Row): number {
  return Number(row.id);
}

/** A many2one answers `[id, name]`, of which the id counts; Odoo says `false` for an empty field of any type. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value[0];
  return value === false ? undefined : value;
}
