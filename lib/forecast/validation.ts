import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FlowRecord, GROUP, SOURCE } from '../canonical/marks.ts';
import { CATALOGUE, type Reason } from '../exceptions/catalogue.ts';
import { type Refusal, shortRecord, shortValue } from '../exceptions/refusal.ts';
import type { MasterView, Standing } from './master-view.ts';
import { type ReadLine, readLine } from './reading.ts';
import { RULES } from './rules/index.ts';
import type { Finding, Rule } from './rules/rule.ts';
import type { ForecastRun } from './run.ts';
import { scaled, scaledText } from './scaled.ts';
import { convert } from './units.ts';

/** Lines, and the quantity that their sender gave them, as decimal text; a quantity that cannot be read counts as nothing. */
export type Count = { readonly lines: number; readonly quantity: string };

/** Control totals: validated = accepted + held + rejected, in lines and in quantity. Warnings are among the accepted. */
export type ValidationTotals = {
  readonly validated: Count;
  readonly accepted: Count;
  readonly held: Count;
  readonly rejected: Count;
};

export type Validation = {
  /** Lines that every rule lets through, their quantity in the product's own unit. */
  readonly accepted: FlowRecord[];
  /** Held and rejected lines, and warnings about accepted ones, in the order of the lines. */
  readonly refusals: Refusal[];
  readonly totals: ValidationTotals;
};

/** What master data would say about a line that was never understood. */
const NO_STANDING: Standing = {
  product: { is: 'unknown' },
  warehouse: { is: 'unknown' },
  unit: undefined,
  conversion: undefined,
  supply: undefined,
};

type Tally = { lines: number; quantity: bigint };

/** So many lines are checked at a stretch. */
const STRETCH = 250;

/**
 * Checks forecast lines by the rules against master data, in the order of the file, with the same `run` throughout. However
 * many they are, everything else gets its turn in between.
 *
 * An accepted line whose unit is not the product's own leaves with its quantity converted, and with `$source` keeping
 * the quantity that its sender gave, by which the run's totals are counted. `$group` names its product's category.
 *
 * @example
 * const run = openRun({ zone: 'Europe/Berlin' });
 * const master = await data.load(lines, run.today);
 * const { accepted, refusals, totals } = await validateInTurns(lines, run, master);
 */
export async function validateInTurns(lines: readonly FlowRecord[], run: ForecastRun, master: MasterView): Promise<Validation> {
  const checked = nothingYet();
  for (let at = 0; at < lines.length; at += STRETCH) {
    check(lines.slice(at, at + STRETCH), run, master, checked);
    await nextTurn();
  }
  return closed(checked);
}

/** The same at a stretch, for some hundred lines. */
export function validateLines(lines: readonly FlowRecord[], run: ForecastRun, master: MasterView): Validation {
  const checked = nothingYet();
  check(lines, run, master, checked);
  return closed(checked);
}

type Checked = {
  readonly accepted: FlowRecord[];
  readonly refusals: Refusal[];
  readonly tallies: Readonly<Record<keyof ValidationTotals, Tally>>;
};

const nothingYet = (): Checked => ({
  accepted: [],
  refusals: [],
  tallies: { validated: tally(), accepted: tally(), held: tally(), rejected: tally() },
});

function check(
  lines: readonly FlowRecord[],
  run: ForecastRun,
  master: MasterView,
  { accepted, refusals, tallies }: Checked,
): void {
  for (const record of lines) {
    const line = readLine(record, run);
    const standing = standingOf(line, master);
    const { warning, refusal } = judge(line, standing, run, master);
    count(tallies.validated, line);
    if (refusal) {
      refusals.push(refusal);
      count(refusal.disposition === 'rejected' ? tallies.rejected : tallies.held, line);
    } else {
      if (warning) refusals.push(warning);
      accepted.push(acceptedLine(line, standing));
      count(tallies.accepted, line);
    }
  }
}

function closed({ accepted, refusals, tallies: { validated, accepted: taken, held, rejected } }: Checked): Validation {
  const totals = { validated: counted(validated), accepted: counted(taken), held: counted(held), rejected: counted(rejected) };
  return { accepted, refusals, totals };
}

/** Why a line would be held or rejected as it stands; undefined where it would go on. */
export function reasonAgainst(record: FlowRecord, run: ForecastRun, master: MasterView): Reason | undefined {
  const line = readLine(record, run);
  return judge(line, standingOf(line, master), run, master).refusal?.reason;
}

const standingOf = (line: ReadLine, master: MasterView): Standing =>
  line.fault ? NO_STANDING : master.standing(line.product, line.location, line.unit);

function judge(
  line: ReadLine,
  standing: Standing,
  run: ForecastRun,
  master: MasterView,
): { warning?: Refusal; refusal?: Refusal } {
  const given = { line, standing, run, master };
  let warning: Refusal | undefined;
  for (const rule of RULES) {
    const finding = rule.check(given);
    if (!finding) continue;
    const refusal = refusalOf(line, rule, finding);
    if (refusal.disposition !== 'warning') return { refusal };
    warning = refusal;
  }
  return warning ? { warning } : {};
}

function refusalOf(line: ReadLine, rule: Rule, finding: Finding): Refusal {
  return {
    reason: rule.reason,
    message: finding.message,
    stage: 'validation',
    disposition: finding.disposition ?? CATALOGUE[rule.reason].disposition,
    record: shortRecord(line.record),
    ...(finding.field === undefined ? {} : { field: finding.field }),
    ...(finding.value === undefined ? {} : { value: shortValue(finding.value) }),
    ...(line.line === undefined ? {} : { line: line.line }),
    ...(line.quantity === undefined ? {} : { quantity: line.quantity }),
    ...(line.product ? { product: line.product } : {}),
    ...(line.location ? { location: line.location } : {}),
    ...(line.periodText ? { period: line.periodText } : {}),
    ...(typeof line.record.source === 'string' ? { source: line.record.source.slice(0, 256) } : {}),
  };
}

function acceptedLine(line: ReadLine, standing: Standing): FlowRecord {
  const quantity = line.quantity ?? '0';
  const known = standing.product.is === 'one' ? standing.product : undefined;
  const group = known?.product.group;
  const clean = {
    ...line.record,
    product: line.product,
    location: line.location,
    period: line.period?.text ?? line.periodText,
    quantity,
    uom: known?.unit?.name ?? line.unit,
    ...(group ? { [GROUP]: group } : {}),
  };
  if (!standing.conversion) return clean;
  return { ...clean, quantity: convert(quantity, standing.conversion), [SOURCE]: { lines: 1, quantity } };
}

function tally(): Tally {
  return { lines: 0, quantity: 0n };
}

function count(into: Tally, line: ReadLine): void {
  into.lines++;
  if (line.quantity !== undefined) into.quantity += scaled(line.quantity);
}

function counted(counted: Tally): Count {
  return { lines: counted.lines, quantity: scaledText(counted.quantity) };
}
