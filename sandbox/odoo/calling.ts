import type { Method } from './behaviour.ts';
import { Env } from './env.ts';
import { OdooFault } from './errors.ts';
import { methodOf } from './methods.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';

export const ADMIN = 2;

/** One database of the stand-in, ready to be called. */
export type Database = { readonly name: string; readonly schema: Schema; readonly store: Store };

/** What a protocol hands over: the model and method, and the arguments in the way that the method wants them. */
export type OdooCall = {
  readonly model: string;
  readonly method: string;
  readonly context: Readonly<Record<string, unknown>>;
  bind(method: Method): { ids: readonly number[]; args: Record<string, unknown> };
};

/** Runs a call in one transaction: all of it stands, or nothing. */
export function runCall({ schema, store }: Database, { model, method: name, context, bind }: OdooCall): unknown {
  const env = new Env(schema, store, ADMIN, context);
  const method = methodOf(env, model, name);
  const { ids, args } = bind(method);
  store.begin();
  try {
    const result = method.run(env, model, ids, args);
    store.commit();
    return result === undefined ? null : result;
  } catch (error) {
    store.rollback();
    throw error;
  }
}

/** Named arguments of JSON-2: it answers 422 for one too few or too many. */
export function bindNamed(method: Method, ids: readonly number[], given: Readonly<Record<string, unknown>>, about: string) {
  if (method.ofModel && ids.length > 0) throw new OdooFault('unprocessable', `cannot call ${about} with ids`, [422]);
  const args: Record<string, unknown> = { ...given };
  for (const parameter of method.parameters) {
    if (Object.hasOwn(args, parameter.name)) continue;
    if (!Object.hasOwn(parameter, 'default'))
      throw new OdooFault('unprocessable', `missing a required argument: '${parameter.name}'`, [422]);
    args[parameter.name] = parameter.default;
  }
  const unknown = surplus(method, given);
  if (unknown) throw new OdooFault('unprocessable', `got an unexpected keyword argument '${unknown}'`, [422]);
  return { ids, args };
}

/** Arguments by position and by name, as `execute_kw` takes them; the records come first. */
export function bindPositional(
  method: Method,
  name: string,
  version: 14 | 19,
  positional: readonly unknown[],
  named: Readonly<Record<string, unknown>>,
) {
  const shown = version === 19 ? `BaseModel.${name}()` : `${name}()`;
  const rest = method.ofModel ? positional : positional.slice(1);
  const given = method.ofModel ? [] : (positional[0] ?? named.ids ?? []);
  const ids = (Array.isArray(given) ? given : [given]).map(Number);
  const args: Record<string, unknown> = { ...named };
  if (rest.length > method.parameters.length)
    throw new OdooFault(
      'type',
      `${shown} takes ${method.parameters.length + 1} positional arguments but ${rest.length + 1} were given`,
    );
  const missing: string[] = [];
  for (const [index, parameter] of method.parameters.entries()) {
    if (index < rest.length) {
      if (Object.hasOwn(named, parameter.name))
        throw new OdooFault('type', `${shown} got multiple values for argument '${parameter.name}'`);
      args[parameter.name] = rest[index];
    } else if (!Object.hasOwn(args, parameter.name)) {
      if (Object.hasOwn(parameter, 'default')) args[parameter.name] = parameter.default;
      else missing.push(`'${parameter.name}'`);
    }
  }
  const unknown = surplus(method, named);
  if (unknown) throw new OdooFault('type', `${shown} got an unexpected keyword argument '${unknown}'`);
  if (missing.length > 0)
    throw new OdooFault(
      'type',
      `${shown} missing ${missing.length} required positional argument${missing.length > 1 ? 's' : ''}: ${missing.join(' and ')}`,
    );
  return { ids, args };
}

function surplus(method: Method, given: Readonly<Record<string, unknown>>): string | undefined {
  if (method.anyNamed) return undefined;
  const names = new Set(method.parameters.map((parameter) => parameter.name));
  return Object.keys(given).find((name) => !names.has(name));
}
