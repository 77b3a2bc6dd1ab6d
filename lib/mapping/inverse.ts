import { stepsOf } from './compiled-row.ts';
import { MappingError, type MappingIssue } from './errors.ts';
import type { Mapping, MappingRow, MappingSource } from './mapping.ts';
import { TRANSFORMS } from './transforms/index.ts';
import type { WrittenStep } from './transforms/transform.ts';

/**
 * The mapping, as a person would write it, that turns what `mapping` makes back into what it took. Constants and defaults
 * are not undone: they came from no column.
 * @param name `id@version`, for the message
 * @throws MappingError `not-invertible` with every row that cannot be undone, and why
 */
export function inverseOf(mapping: Mapping, name: string): MappingSource {
  const issues: MappingIssue[] = [];
  const refuse = (at: string, message: string) => issues.push({ code: 'not-invertible', at, message });
  if (mapping.wideToLong) refuse('wideToLong', 'a wide sheet cannot be made back one record at a time');
  if (mapping.group) refuse('group', 'a sum does not tell its parts');
  const rows: MappingRow[] = [];
  for (const [index, row] of mapping.rows.entries()) {
    if (row.constant !== undefined) continue;
    const at = `rows[${index}]`;
    const from = [row.from ?? []].flat();
    if (from.length !== 1) {
      refuse(
        at,
        from.length === 0 ? 'its value comes from no single column' : `which of ${from.join(', ')} it came from cannot be told`,
      );
      continue;
    }
    rows.push({ to: from[0]!, from: row.to, transforms: undone(row, at, refuse), ...(row.required && { required: true }) });
  }
  const twice = rows.map(({ to }) => to).find((column, index, all) => all.indexOf(column) !== index);
  if (twice !== undefined)
    refuse('rows', `"${String(twice)}" goes into several fields, and which one it comes back from cannot be told`);
  if (rows.length === 0 && issues.length === 0) refuse('rows', 'there are only constants');
  if (issues.length > 0) throw new MappingError(`The inverse of mapping ${name}`, issues);
  return { id: `${mapping.id}.inverse`, version: mapping.version, from: mapping.to, to: mapping.from, rows };
}

function undone(row: MappingRow, at: string, refuse: (at: string, message: string) => void): WrittenStep[] {
  const steps: WrittenStep[] = [];
  for (const step of stepsOf(row, at, (_, where, message) => refuse(where, message)).reverse()) {
    const entry = TRANSFORMS.get(step.name)!;
    const inverse = entry.inverse(entry.options.parse(step.options ?? {}));
    if (typeof inverse === 'string') refuse(step.at, `${step.name} cannot be undone: ${inverse}`);
    else steps.push(...inverse);
  }
  return steps;
}
