import { sum } from './decimal.ts';
import type { RunTotalsTable } from './schema.ts';

/**
 * What is counted for a run. `expanded` is what a mapping made more (wide to long) or fewer (grouping)
 * of the rows received; `validated` and `accepted` come from validation, part by part; `held`, `rejected` and `dead`
 * from the exceptions, told apart by the step that refused; `staged` are the lines behind what was handed over to be
 * written, `as-released` those behind what stands in Odoo as the version released before wanted it, which is not written
 * again; `applied`, `unchanged`, `created`, `updated` and `refused` from each write job.
 */
export const STAGES = [
  'expanded',
  'validated',
  'accepted',
  'held/mapping',
  'held/validation',
  'rejected/mapping',
  'rejected/validation',
  'dead',
  'staged',
  'as-released',
  'applied',
  'unchanged',
  'refused',
  'created',
  'updated',
] as const;
export type Stage = (typeof STAGES)[number];

export type Total = { readonly lines: number; readonly quantity: string; readonly records: number };

/** The totals of a run by stage; a stage that nothing was counted for is absent from the rows and zero here. */
export function totalsOf(
  rows: readonly Pick<RunTotalsTable, 'stage' | 'lines' | 'quantity' | 'records'>[],
): (...stages: Stage[]) => Total {
  const groups = Map.groupBy(rows, (row) => row.stage);
  return (...stages) => {
    const counted = stages.flatMap((stage) => groups.get(stage) ?? []);
    return {
      lines: counted.reduce((total, row) => total + row.lines, 0),
      quantity: sum(counted.map((row) => row.quantity)),
      records: counted.reduce((total, row) => total + row.records, 0),
    };
  };
}

/** Why a run's control totals do not add up, or undefined when they do. */
export function imbalance(rows: number, total: ReturnType<typeof totalsOf>): string | undefined {
  const received = rows + total('expanded').lines;
  const accepted = total('accepted');
  const held = total('held/mapping', 'held/validation');
  const rejected = total('rejected/mapping', 'rejected/validation');
  if (received !== accepted.lines + held.lines + rejected.lines)
    return `received ${received} lines, accepted ${accepted.lines}, held ${held.lines}, rejected ${rejected.lines}`;
  const validated = total('validated').quantity;
  const judged = sum([accepted.quantity, total('held/validation', 'rejected/validation').quantity]);
  if (validated !== judged) return `validated a quantity of ${validated}, of which ${judged} was accepted, held or rejected`;
  const staged = total('staged', 'as-released').lines;
  const dead = total('dead').lines;
  if (accepted.lines !== staged + dead)
    return `accepted ${accepted.lines} lines, of which ${staged} were handed over to be written and ${dead} could not be`;
  return undefined;
}
