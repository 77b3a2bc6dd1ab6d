import type { z } from 'zod';
import type { Source } from '../column.ts';

/** What a step may look at beside its value. */
export type Scope = { record: Source; readonly zone: string };

/** Does its work on one value: the new value, `undefined` for none, or a `Fault`. Must not throw on any value. */
export type Step = (value: unknown, scope: Scope) => unknown;

/** A step that is answered for a whole batch at once. */
export type LookupStep =
  | {
      readonly lookup: 'odoo';
      readonly model: string;
      readonly by: string;
      readonly take: string;
      readonly domain: readonly unknown[] | undefined;
      readonly unknown: 'refuse' | 'omit';
    }
  | { readonly lookup: 'route'; readonly warehouse: (scope: Scope) => unknown };

/** A step as a mapping writes it. */
export type WrittenStep = Readonly<Record<string, unknown>>;

/** One entry of the table of transforms. */
export type Transform<Options extends z.ZodType = z.ZodType> = {
  readonly options: Options;
  /** @throws Error whose message says what is wrong with the options, where the schema cannot */
  compile(options: z.output<Options>): Step | LookupStep;
  /** The steps that undo it; a text says why it has none. */
  inverse(options: z.output<Options>): readonly WrittenStep[] | string;
  /** Columns that it reads beside its value. */
  columns?(options: z.output<Options>): readonly string[];
  /** Whether it makes something of nothing. */
  readonly takesEmpty?: true;
};

/** Types the options of a transform by their schema. */
export function transform<Options extends z.ZodType>(entry: Transform<Options>): Transform<Options> {
  return entry;
}

/** The value as text; numbers in plain decimal notation. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}
