import type { Env } from './env.ts';
import type { Value } from './store.ts';

export type Compute = (env: Env, id: number) => Value;
/** Writes a value that is worked out when it is read. */
export type Inverse = (env: Env, ids: readonly number[], value: unknown) => void;
export type Values = Record<string, unknown>;

export type Parameter = { readonly name: string; readonly default?: unknown };

/** A method that can be called from outside. */
export type Method = {
  /** Its parameters after the records, in their order; one without a default must be given. */
  readonly parameters: readonly Parameter[];
  /** A method of the model itself, called without ids. */
  readonly ofModel?: boolean;
  /** Takes named arguments that it does not list. */
  readonly anyNamed?: boolean;
  run(env: Env, model: string, ids: readonly number[], args: Readonly<Record<string, unknown>>): unknown;
};

/** What a model does beyond keeping records. Every part is optional. */
export type Behaviour = {
  readonly computes?: Readonly<Record<string, Compute>>;
  readonly inverses?: Readonly<Record<string, Inverse>>;
  readonly defaults?: Readonly<Record<string, (env: Env) => unknown>>;
  readonly displayName?: (env: Env, id: number) => string;
  /** Fills in what the given values determine, before a record is made. */
  readonly prepare?: (env: Env, values: Values) => void;
  readonly created?: (env: Env, ids: readonly number[], values: readonly Values[]) => void;
  /** Refuses or completes values before they are written. */
  readonly writing?: (env: Env, ids: readonly number[], values: Values) => void;
  readonly written?: (env: Env, ids: readonly number[], values: Values) => void;
  /** Throws where records break a rule of the model; called after creating and writing. */
  readonly check?: (env: Env, ids: readonly number[], fields: ReadonlySet<string>) => void;
  readonly deleting?: (env: Env, ids: readonly number[]) => void;
  readonly methods?: Readonly<Record<string, Method>>;
};
