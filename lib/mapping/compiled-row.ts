import { faultOfName, isEmpty, type Reader, rawReaderOf, readerOf } from './column.ts';
import type { MappingErrorCode, MappingIssue } from './errors.ts';
import { Fault } from './fault.ts';
import type { MappingRow } from './mapping.ts';
import { TRANSFORMS } from './transforms/index.ts';
import type { LookupStep, Scope, Step } from './transforms/transform.ts';

/** Steps that run one after the other, up to a look-up that is answered for the whole batch. */
export type Stage = { readonly steps: readonly Step[]; readonly lookup: LookupStep | undefined };

/** A row of a mapping, ready to run. */
export type CompiledRow = {
  /** Where it stands in the mapping: `rows[2]`. */
  readonly at: string;
  /** The fields that it may make, in order of preference. */
  readonly to: readonly string[];
  /** Its column as people call it. */
  readonly column: string;
  /** Every column that it reads. */
  readonly reads: readonly string[];
  readonly read: Reader;
  /** The value as it came, to be shown in a refusal. */
  readonly raw: Reader;
  readonly stages: readonly Stage[];
  readonly required: boolean;
  readonly default: unknown;
  readonly ifEmpty: boolean;
};

export type Report = (code: MappingErrorCode, at: string, message: string) => void;

/** The steps of a row, checked: a list of names with their options. */
export function stepsOf(row: MappingRow, at: string, report: Report): { at: string; name: string; options: unknown }[] {
  return (row.transforms ?? []).flatMap((written, index) => {
    const here = `${at}.transforms[${index}]`;
    const [name, options, ...rest] = typeof written === 'string' ? [written, {}] : Object.entries(written).flat();
    if (typeof name !== 'string' || rest.length > 0) {
      report('transform', here, 'takes one name with its options, such as { "split": { "by": "-", "take": 1 } }');
      return [];
    }
    return [{ at: here, name, options }];
  });
}

/** Checks a row and makes it ready; reports every fault with its place, and answers `undefined` when there is one. */
export function compileRow(row: MappingRow, index: number, issues: MappingIssue[]): CompiledRow | undefined {
  const at = `rows[${index}]`;
  const before = issues.length;
  const report: Report = (code, where, message) => issues.push({ code, at: where, message });
  const to = [row.to].flat();
  const from = [row.from ?? []].flat();
  const reads = [...from];
  const stages: { steps: Step[]; lookup: LookupStep | undefined }[] = [{ steps: [], lookup: undefined }];
  let takesEmpty = false;

  for (const [position, step] of stepsOf(row, at, report).entries()) {
    const entry = TRANSFORMS.get(step.name);
    if (!entry) {
      report(
        'transform',
        step.at,
        `there is no transform "${step.name.slice(0, 60)}"; there are ${[...TRANSFORMS.keys()].join(', ')}`,
      );
      continue;
    }
    const options = entry.options.safeParse(step.options ?? {});
    if (!options.success) {
      for (const { path, message } of options.error.issues)
        report('transform', step.at, `${[step.name, ...path].join('.')}: ${message}`);
      continue;
    }
    reads.push(...(entry.columns?.(options.data) ?? []));
    if (position === 0 && entry.takesEmpty) takesEmpty = true;
    try {
      const compiled = entry.compile(options.data);
      if (typeof compiled === 'function') stages.at(-1)!.steps.push(compiled);
      else {
        stages.at(-1)!.lookup = compiled;
        stages.push({ steps: [], lookup: undefined });
      }
    } catch (error) {
      report('transform', step.at, `${step.name}: ${(error as Error).message}`);
    }
  }

  for (const name of [...to, ...reads]) {
    const fault = faultOfName(name);
    if (fault) report('field', to.includes(name) ? `${at}.to` : `${at}.from`, fault);
  }
  const hasConstant = row.constant !== undefined;
  if (hasConstant && from.length > 0) report('invalid', at, 'takes either "from" or "constant"');
  if (!hasConstant && from.length === 0 && !takesEmpty && row.default === undefined)
    report('invalid', at, 'says nothing of where its value comes from: give "from", "constant" or a transform such as join');
  if (issues.length > before) return undefined;

  return {
    at,
    to,
    column: from.length > 0 ? from.join(' or ') : reads.length > 0 ? reads.join(', ') : to[0]!,
    reads,
    read: beginning(hasConstant ? () => row.constant : from.length > 0 ? readerOf(from) : () => undefined, takesEmpty),
    raw: hasConstant ? () => row.constant : from.length > 0 ? rawReaderOf(from) : () => undefined,
    stages,
    required: row.required ?? false,
    default: row.default,
    ifEmpty: row.ifEmpty ?? false,
  };
}

/** Marks the value of a row whose first step makes something of nothing, so that `runSteps` begins all the same. */
const NOTHING = Symbol('nothing');

function beginning(read: Reader, takesEmpty: boolean): Reader {
  if (!takesEmpty) return read;
  return (record) => {
    const value = read(record);
    return isEmpty(value) ? NOTHING : value;
  };
}

/** Runs the steps of one stage on a value: the new value, `undefined` for none, or the first fault. */
export function runSteps(stage: Stage, value: unknown, scope: Scope): unknown {
  if (value instanceof Fault) return value;
  let current = value;
  for (const step of stage.steps) {
    if (isEmpty(current)) return undefined;
    current = step(current === NOTHING ? undefined : current, scope);
    if (current instanceof Fault) return current;
  }
  return isEmpty(current) ? undefined : current;
}

/** A row and the field that it makes in the target at hand. */
export type PlacedRow = { readonly row: CompiledRow; readonly field: string };

/** The value of a row once all its steps are done: itself, the default, or a fault where one is required. */
export function settled(row: CompiledRow, value: unknown): unknown {
  if (!isEmpty(value)) return value;
  if (row.default !== undefined) return row.default;
  return row.required ? new Fault('is missing') : undefined;
}
