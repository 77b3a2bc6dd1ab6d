import type { Behaviour } from '../behaviour.ts';
import { COMPANY, numbered } from '../common.ts';
import type { Env } from '../env.ts';

export const baseBehaviours: Readonly<Record<string, Behaviour>> = {
  'ir.model': { computes: { info: () => null } },
  'ir.model.data': {
    computes: {
      complete_name: (env, id) =>
        [env.text('ir.model.data', id, 'module'), env.text('ir.model.data', id, 'name')].filter(Boolean).join('.'),
      reference: (env, id) => `${env.text('ir.model.data', id, 'model')},${env.number('ir.model.data', id, 'res_id')}`,
    },
  },
  'res.partner': {
    computes: { complete_name: partnerName },
    displayName: partnerName,
    prepare: (env, values) => {
      values.active ??= true;
      values.lang ??= 'en_US';
      if (env.version === 19) values.company_type ??= values.is_company ? 'company' : 'person';
    },
  },
  'res.users': {
    methods: {
      context_get: {
        parameters: [],
        ofModel: true,
        run: (env) => ({ lang: 'en_US', tz: env.text('res.users', env.user, 'tz') || 'Europe/Brussels', uid: env.user }),
      },
    },
    displayName: (env, id) => env.text('res.users', id, 'name'),
  },
  'res.company': { defaults: { currency_id: (env) => env.id('res.company', COMPANY, 'currency_id') } },
  'procurement.group': {
    prepare: (env, values) => {
      values.name ??= numbered(env, 'PG/', 6);
    },
  },
};

/** A person is named behind the company that the person belongs to. */
function partnerName(env: Env, id: number): string {
  const name = env.text('res.partner', id, 'name');
  const parent = env.id('res.partner', id, 'parent_id');
  if (parent === undefined || env.get('res.partner', id, 'is_company') === true) return name;
  return `${companyName(env, parent) ?? env.text('res.partner', parent, 'name')}, ${name}`;
}

function companyName(env: Env, id: number): string | undefined {
  if (env.get('res.partner', id, 'is_company') === true) return env.text('res.partner', id, 'name');
  const parent = env.id('res.partner', id, 'parent_id');
  return parent === undefined ? undefined : companyName(env, parent);
}
