import { COLUMN, type FlowRecord, LINE } from '../canonical/marks.ts';
import type { MapResult } from '../mapping/engine.ts';
import type { Mendable } from '../store/desk/mendable.ts';

/** What becomes of records by every deployed mapping of an id. */
export type Mappers = (mapping: string) => readonly ((records: readonly FlowRecord[]) => Promise<MapResult>)[];

/**
 * Which of the causes that a mapping did not take it takes now: every deployed mapping of that id takes a record of theirs
 * whole. All causes of a mapping are asked in one batch. A record of a wide sheet is no longer the row that it came in, and
 * is left for a person to give again.
 */
export async function mappedNow(causes: readonly Mendable[], mappers: Mappers): Promise<Mendable[]> {
  const mended: Mendable[] = [];
  for (const [mapping, some] of Map.groupBy(causes, (cause) => cause.mapping?.split('@', 1)[0] ?? '')) {
    const asked = mappers(mapping);
    if (asked.length === 0) continue;
    const records = some.flatMap((cause) => cause.records.map((record) => ({ cause, record })));
    const narrow = records.filter(({ record }) => record[COLUMN] === undefined);
    // Numbered anew, for lines of several runs may have the same number.
    const given = narrow.map(({ record }, at) => ({ ...record, [LINE]: at }));
    const refused = new Set<number | undefined>();
    for (const map of asked) for (const { line } of (await map(given)).refusals) refused.add(line);
    const taken = new Set(narrow.filter((_, at) => !refused.has(at)).map(({ cause }) => cause));
    mended.push(...taken);
  }
  return mended;
}
