import type { FlowRecord } from '../canonical/marks.ts';
import type { Reason } from '../exceptions/catalogue.ts';
import type { MasterView } from './master-view.ts';
import { type ReadLine, readLine } from './reading.ts';
import { RULES } from './rules/index.ts';
import type { ForecastRun } from './run.ts';
import { reasonAgainst } from './validation.ts';

/** Words for what was done in Odoo, by the reason that it was wanting for. */
const IN_WORDS = {
  UNKNOWN_PRODUCT: ({ product }) => `Product added: ${product}`,
  AMBIGUOUS_PRODUCT: ({ product }) => `One product left by that name: ${product}`,
  ARCHIVED_PRODUCT: ({ product }) => `Product unarchived: ${product}`,
  UNKNOWN_LOCATION: ({ location }) => `Warehouse added: ${location}`,
  UNKNOWN_UNIT: ({ unit }) => `Unit of measure added: ${unit}`,
  UNIT_MISMATCH: ({ unit, product }) => `${unit} converts now to the unit of ${product}`,
  NO_SUPPLY_SOURCE: ({ product, location, unit }, master) =>
    master.standing(product, location, unit).supply?.kind === 'manufacture'
      ? `Bill of materials added: ${product}`
      : `Supplier added: ${product}`,
} satisfies Partial<Record<Reason, (line: ReadLine, master: MasterView) => string>>;

type Mendable = keyof typeof IN_WORDS;

/** Reasons whose cause is mended in Odoo, and can be looked up there. */
export const MENDABLE = Object.keys(IN_WORDS) as readonly Mendable[];

const ORDER = RULES.map(({ reason }) => reason);

/**
 * What has been mended in Odoo, where lines that were held for `reason` would no longer be: the rules let one of them come
 * past the one that held it. It may be held for another reason after that. Undefined where all are held as before.
 */
export function mendedNow(
  reason: string,
  records: readonly FlowRecord[],
  run: ForecastRun,
  master: MasterView,
): string | undefined {
  if (!isMendable(reason)) return undefined;
  const past = records.find((record) => {
    const against = reasonAgainst(record, run, master);
    return against === undefined || ORDER.indexOf(against) > ORDER.indexOf(reason);
  });
  return past && IN_WORDS[reason](readLine(past, run), master);
}

const isMendable = (reason: string): reason is Mendable => Object.hasOwn(IN_WORDS, reason);
