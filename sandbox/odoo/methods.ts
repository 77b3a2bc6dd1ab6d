import type { Method, Parameter, Values } from './behaviour.ts';
import { copyRecords } from './copy.ts';
import type { Env } from './env.ts';
import { OdooFault } from './errors.ts';
import { describeFields } from './fields-get.ts';
import { formattedReadGroup, readGroup } from './grouping.ts';
import { loadRecords } from './load.ts';
import { defaultGet, nameCreate, nameSearch } from './names.ts';
import { readBySpecification, readRecords, type Specification } from './read.ts';
import { deleteRecords } from './unlink.ts';
import { createRecords, writeRecords } from './write.ts';

const needed = (...names: string[]): Parameter[] => names.map((name) => ({ name }));
const optional = (defaults: Record<string, unknown>): Parameter[] =>
  Object.entries(defaults).map(([name, value]) => ({ name, default: value }));

type Args = Readonly<Record<string, unknown>>;
type Names = readonly string[] | undefined;

const searchOptions = ({ offset, limit, order }: Args) => ({
  offset: Number(offset || 0),
  limit: limit ? Number(limit) : undefined,
  order: order ? String(order) : undefined,
});

const SEARCH_READ = new Set(['domain', 'fields', 'offset', 'limit', 'order', 'load']);

const searchIds = (env: Env, model: string, domain: unknown, args: Args) =>
  env.search(model, (domain ?? []) as unknown[], searchOptions(args));

/** The methods that every model has. The first parameter of the searches was called `args` up to Odoo 15. */
function common(version: 14 | 19): Readonly<Record<string, Method>> {
  const domain = version === 14 ? 'args' : 'domain';
  return {
    search: {
      parameters: [
        ...needed(domain),
        ...optional({ offset: 0, limit: null, order: null, ...(version === 14 ? { count: false } : {}) }),
      ],
      ofModel: true,
      run: (env, model, _, args) =>
        args.count ? env.matching(model, args[domain] as unknown[]).length : searchIds(env, model, args[domain], args),
    },
    search_count: {
      parameters: [...needed(domain), ...(version === 19 ? optional({ limit: null }) : [])],
      ofModel: true,
      run: (env, model, _, args) => {
        const count = env.matching(model, args[domain] as unknown[]).length;
        return args.limit ? Math.min(count, Number(args.limit)) : count;
      },
    },
    search_read: {
      parameters: optional({ domain: null, fields: null, offset: 0, limit: null, order: null }),
      ofModel: true,
      anyNamed: true,
      run: (env, model, _, args) => {
        const unknown = Object.keys(args).find((name) => !SEARCH_READ.has(name));
        if (unknown) throw new OdooFault('type', `BaseModel._read_format() got an unexpected keyword argument '${unknown}'`);
        return readRecords(
          env,
          model,
          searchIds(env, model, args.domain, args),
          args.fields as Names,
          args.load ?? '_classic_read',
        );
      },
    },
    read: {
      parameters: optional({ fields: null, load: '_classic_read' }),
      run: (env, model, ids, { fields, load }) => readRecords(env, model, ids, fields as Names, load),
    },
    create: {
      parameters: needed('vals_list'),
      ofModel: true,
      run: (env, model, _, { vals_list: given }) => createRecords(env, model, Array.isArray(given) ? given : [given as Values]),
    },
    write: {
      parameters: needed('vals'),
      run: (env, model, ids, { vals }) => {
        if (ids.length > 0) writeRecords(env, model, ids, vals as Values);
        return true;
      },
    },
    unlink: {
      parameters: [],
      run: (env, model, ids) => {
        deleteRecords(env, model, ids);
        return true;
      },
    },
    copy: {
      parameters: optional({ default: null }),
      run: (env, model, ids, args) => copyRecords(env, model, ids, args.default as Values | null),
    },
    fields_get: {
      parameters: optional({ allfields: null, attributes: null }),
      ofModel: true,
      run: (env, model, _, { allfields, attributes }) => describeFields(env, model, allfields as Names, attributes as Names),
    },
    default_get: {
      parameters: needed(version === 14 ? 'fields_list' : 'fields'),
      ofModel: true,
      run: (env, model, _, args) => defaultGet(env, model, (args.fields ?? args.fields_list) as string[]),
    },
    name_search: {
      parameters: optional({ name: '', [domain]: null, operator: 'ilike', limit: 100 }),
      ofModel: true,
      run: (env, model, _, args) =>
        nameSearch(env, model, {
          name: String(args.name || ''),
          domain: (args[domain] ?? []) as unknown[],
          operator: String(args.operator),
          limit: Number(args.limit ?? 0),
        }),
    },
    name_create: {
      parameters: needed('name'),
      ofModel: true,
      run: (env, model, _, { name }) => nameCreate(env, model, String(name)),
    },
    read_group: {
      parameters: [...needed('domain', 'fields', 'groupby'), ...optional({ offset: 0, limit: null, orderby: false, lazy: true })],
      ofModel: true,
      run: (env, model, _, args) => readGroup(env, model, args),
    },
    load: {
      parameters: needed('fields', 'data'),
      ofModel: true,
      run: (env, model, _, { fields, data }) => loadRecords(env, model, fields as string[], data as unknown[][]),
    },
    action_archive: { parameters: [], run: (env, model, ids) => void writeRecords(env, model, ids, { active: false }) },
    action_unarchive: { parameters: [], run: (env, model, ids) => void writeRecords(env, model, ids, { active: true }) },
    check_access_rights: {
      parameters: [...needed('operation'), ...optional({ raise_exception: true })],
      ofModel: true,
      run: () => true,
    },
  };
}

const SINCE_19: Readonly<Record<string, Method>> = {
  formatted_read_group: {
    parameters: [
      ...needed('domain'),
      ...optional({ groupby: [], aggregates: [], having: [], offset: 0, limit: null, order: null }),
    ],
    ofModel: true,
    run: (env, model, _, args) => formattedReadGroup(env, model, args),
  },
  web_read: {
    parameters: needed('specification'),
    run: (env, model, ids, { specification }) => readBySpecification(env, model, ids, specification as Specification),
  },
  web_search_read: {
    parameters: [...needed('domain', 'specification'), ...optional({ offset: 0, limit: null, order: null, count_limit: null })],
    ofModel: true,
    run: (env, model, _, args) => ({
      length: env.matching(model, args.domain as unknown[]).length,
      records: readBySpecification(env, model, searchIds(env, model, args.domain, args), args.specification as Specification),
    }),
  },
  web_save: {
    parameters: [...needed('vals', 'specification'), ...optional({ next_id: null })],
    run: (env, model, ids, { vals, specification }) => {
      const [created] = ids.length === 0 ? createRecords(env, model, [vals as Values]) : [];
      if (ids.length > 0) writeRecords(env, model, ids, vals as Values);
      return readBySpecification(env, model, created === undefined ? ids : [created], specification as Specification);
    },
  },
  web_save_multi: {
    parameters: needed('vals_list', 'specification'),
    run: (env, model, ids, { vals_list: given, specification }) => {
      const list = given as Values[];
      if (list.length !== ids.length) throw new OdooFault('value', 'Each record must have a corresponding vals entry.');
      for (const [index, id] of ids.entries()) writeRecords(env, model, [id], list[index]!);
      return readBySpecification(env, model, ids, specification as Specification);
    },
  },
  has_access: { parameters: needed('operation'), run: () => true },
};

const UNTIL_18: Readonly<Record<string, Method>> = {
  name_get: { parameters: [], run: (env, model, ids) => ids.map((id) => [id, env.displayName(model, id)]) },
};

const COMMON = { 14: { ...common(14), ...UNTIL_18 }, 19: { ...common(19), ...SINCE_19 } } as const;

/** Public methods of the ORM that Odoo closes to callers from outside. */
const CLOSED = new Set([
  'init',
  'exists',
  'check_access',
  'browse',
  'sudo',
  'with_context',
  'mapped',
  'filtered',
  'sorted',
  'ensure_one',
]);

/** The method of a model by name, or the refusal of the version. */
export function methodOf(env: Env, model: string, name: string): Method {
  if (name.startsWith('_') || (env.version === 19 && CLOSED.has(name))) {
    const shown = env.version === 19 ? `'${model}.${name}'` : name;
    throw new OdooFault('access', `Private methods (such as ${shown}) cannot be called remotely.`);
  }
  const own = env.model(model).behaviour.methods;
  const all = COMMON[env.version];
  const method = own && Object.hasOwn(own, name) ? own[name] : Object.hasOwn(all, name) ? all[name] : undefined;
  if (method) return method;
  throw new OdooFault(
    'attribute',
    env.version === 19 ? `The method '${model}.${name}' does not exist` : `type object '${model}' has no attribute '${name}'`,
  );
}
