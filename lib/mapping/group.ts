import { CONFIRMED, type FlowRecord, LINE, SOURCE } from '../canonical/marks.ts';
import { addQuantities } from '../canonical/quantity.ts';
import type { Group } from './mapping.ts';
import type { Pace } from './pace.ts';
import { sourceOf } from './refuse.ts';

const OF_THE_FIRST: ReadonlySet<string> = new Set([LINE, SOURCE, CONFIRMED]);

/**
 * Makes one record of those that agree in `by`, with the exact sums of `sum`. Other fields stay where all agree in them.
 * The record has the line of its first with who confirmed that, and `$source`: how many lines it stands for, and the sum of the first summed field.
 */
export async function group(records: readonly FlowRecord[], { by, sum }: Group, pace: Pace): Promise<FlowRecord[]> {
  const groups = new Map<string, Record<string, unknown>>();
  const measure = sum[0]!;
  for (const record of records) {
    if (pace.due()) await pace.rest();
    const key = JSON.stringify(by.map((field) => record[field] ?? null));
    const source = sourceOf(record) ?? { lines: 1, quantity: added('0', record[measure]) };
    const seen = groups.get(key);
    if (!seen) {
      groups.set(key, { ...record, [SOURCE]: source });
      continue;
    }
    for (const [field, value] of Object.entries(seen)) {
      if (OF_THE_FIRST.has(field) || sum.includes(field) || record[field] === value) continue;
      delete seen[field];
    }
    for (const field of sum) {
      if (record[field] === undefined) continue;
      const total = added(seen[field] === undefined ? '0' : String(seen[field]), record[field]);
      seen[field] = typeof record[field] === 'number' ? Number(total) : total;
    }
    const before = seen[SOURCE] as typeof source;
    seen[SOURCE] = { lines: before.lines + source.lines, quantity: addQuantities(before.quantity, source.quantity) };
  }
  return [...groups.values()] as FlowRecord[];
}

function added(sum: string, value: unknown): string {
  return value === undefined ? sum : addQuantities(sum, String(value));
}
