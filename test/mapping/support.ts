import { compileMapping } from '../../lib/mapping/compile.ts';
import type { MapOptions } from '../../lib/mapping/engine.ts';
import { MappingError } from '../../lib/mapping/errors.ts';
import type { Found, Lookups, RouteWanted } from '../../lib/mapping/lookups.ts';

/** A mapping with these rows from anything to anything. */
export function mapping(rows: unknown[], more: Record<string, unknown> = {}) {
  return { id: 'test', version: 1, from: 'theirs', to: 'ours', rows, ...more };
}

/** What the transforms make of a value: the new value, or the refusal's message. */
export async function transformed(
  transforms: unknown[],
  value: unknown,
  others: Record<string, unknown> = {},
  options: MapOptions = {},
) {
  const engine = compileMapping(mapping([{ to: 'out', from: 'in', transforms }]));
  const { records, refusals } = await engine.map([{ in: value, ...others }], options);
  return refusals[0] ? refusals[0].message : records[0]!.out;
}

/** The faults of a mapping, one a line, as people read them. */
export function faultsOf(source: unknown): string[] {
  try {
    compileMapping(source);
    return [];
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return error.issues.map(({ at, message }) => (at ? `${at}: ${message}` : message));
  }
}

export type Asked = { model: string; by: string; values: readonly unknown[]; take: string };

/** Look-ups from a table: `model by take` → value → answer; keeps what it was asked. */
export function fakeLookups(tables: Record<string, Record<string, Found>>, route?: (wanted: RouteWanted) => number | undefined) {
  const asked: Asked[] = [];
  const lookups: Lookups = {
    async resolve(model, by, values, take) {
      asked.push({ model, by, values, take });
      const table = tables[`${model} ${by} ${take}`] ?? {};
      return new Map(values.map((value) => [value, table[String(value)] ?? { error: 'unknown' }]));
    },
    async routes(wanted) {
      return wanted.map((one) => route?.(one));
    },
  };
  return { asked, lookups };
}
