import { CANONICAL, isCanonical } from '../canonical/schemas.ts';
import { faultOfName } from './column.ts';
import { type CompiledRow, compileRow } from './compiled-row.ts';
import type { MappingEngine } from './engine.ts';
import { MappingError, type MappingIssue } from './errors.ts';
import { inverseOf } from './inverse.ts';
import { mapRecords } from './map-records.ts';
import { Mapping } from './mapping.ts';
import { expander } from './wide-to-long.ts';

/**
 * Checks a mapping and makes it ready to run.
 * @param source the mapping as JSON text or as an object
 * @throws MappingError with every fault and where it is, such as `rows[2].transforms[0]: there is no transform "trimm"`
 */
export function compileMapping(source: unknown): MappingEngine {
  const parsed = Mapping.safeParse(typeof source === 'string' ? fromText(source) : source);
  if (!parsed.success)
    throw new MappingError(
      titleOf(source),
      parsed.error.issues.map(({ path, message }) => ({ code: 'invalid', at: placeOf(path), message })),
    );
  const mapping = parsed.data;
  const name = `${mapping.id}@${mapping.version}`;
  const issues: MappingIssue[] = [];
  const rows = mapping.rows.map((row, index) => compileRow(row, index, issues)).filter((row) => row !== undefined);
  if (issues.length === 0) issues.push(...faultsOfFields(mapping, rows), ...faultsOfWide(mapping));
  if (issues.length > 0) throw new MappingError(`Mapping ${name}`, issues);

  const { wideToLong } = mapping;
  const expand =
    wideToLong &&
    expander(
      wideToLong,
      rows.flatMap((row) => row.reads),
    );
  const needsLookups = rows.some((row) => row.stages.some((stage) => stage.lookup));
  return {
    mapping,
    name,
    columns: columnsOf(mapping, rows),
    needsLookups,
    target: mapping.target && { ...mapping.target, fillEmpty: rows.filter((row) => row.ifEmpty).flatMap((row) => row.to) },
    map: (records, options = {}) => mapRecords({ mapping, name, rows, expand, needsLookups }, records, options),
    inverse: () => compileMapping(inverseOf(mapping, name)),
  };
}

function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MappingError('The mapping', [{ code: 'invalid', at: '', message: `It is not JSON: ${(error as Error).message}` }]);
  }
}

function titleOf(source: unknown): string {
  const id = typeof source === 'object' && source !== null ? (source as Record<string, unknown>).id : undefined;
  return typeof id === 'string' ? `Mapping ${id.slice(0, 100)}` : 'The mapping';
}

/** A path as people write it: `rows[2].transforms[0]`. */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`))
    .join('');
}

function faultsOfFields(mapping: Mapping, rows: readonly CompiledRow[]): MappingIssue[] {
  const issues: MappingIssue[] = [];
  const made = new Map<string, string>();
  for (const row of rows)
    for (const field of row.to) {
      const earlier = made.get(field);
      if (earlier !== undefined)
        issues.push({ code: 'field', at: `${row.at}.to`, message: `"${field}" is made by ${earlier} already` });
      else made.set(field, row.at);
    }
  const named = {
    'group.by': mapping.group?.by,
    'group.sum': mapping.group?.sum,
    'target.keys': mapping.target?.keys,
    'target.unlessZero': mapping.target?.unlessZero === undefined ? [] : [mapping.target.unlessZero],
  };
  for (const [at, fields] of Object.entries(named))
    for (const field of fields ?? [])
      if (!made.has(field)) issues.push({ code: 'field', at, message: `no row makes "${field}"` });
  if (!isCanonical(mapping.to)) return issues;
  const shape: Record<string, { safeParse(value: unknown): { success: boolean } }> = CANONICAL[mapping.to].shape;
  const known = Object.keys(shape).filter((field) => !field.startsWith('$'));
  for (const [field, at] of made)
    if (!Object.hasOwn(shape, field))
      issues.push({
        code: 'field',
        at: `${at}.to`,
        message: `a ${mapping.to} has no field "${field}"; it has ${known.join(', ')}`,
      });
  for (const field of known)
    if (!made.has(field) && !shape[field]!.safeParse(undefined).success)
      issues.push({ code: 'field', at: 'rows', message: `a ${mapping.to} needs "${field}", and no row makes it` });
  return issues;
}

function faultsOfWide({ wideToLong }: Mapping): MappingIssue[] {
  if (!wideToLong) return [];
  return (['name', 'value'] as const).flatMap((part) => {
    const fault = faultOfName(wideToLong[part]);
    return fault ? [{ code: 'field' as const, at: `wideToLong.${part}`, message: fault }] : [];
  });
}

/** A required row with one column needs it; one of several columns will do for a row that names several. */
function columnsOf({ wideToLong, rows: written }: Mapping, rows: readonly CompiledRow[]): MappingEngine['columns'] {
  const required = new Set<string>();
  const optional = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const from = [written[index]?.from ?? []].flat();
    const needed = row.required && from.length === 1 && row.default === undefined;
    for (const column of row.reads) {
      if (column === wideToLong?.name || column === wideToLong?.value) continue;
      (needed && column === from[0] ? required : optional).add(column);
    }
  }
  return { required: [...required], optional: [...optional].filter((column) => !required.has(column)) };
}
