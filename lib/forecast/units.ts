import { Decimal } from 'decimal.js';
import { exact, quantityText } from '../canonical/quantity.ts';
import { PLACES } from './scaled.ts';

/**
 * A unit of measure. `numerator ÷ denominator` is how many of the root unit one of it is: 12 ÷ 1 for dozens, 1 ÷ 1000
 * for grams where kilograms are the root. Units convert into each other when they have the same `root`: the category up
 * to Odoo 18, the top of the tree of relative units from 19 on.
 */
export type Unit = {
  readonly id: number;
  readonly name: string;
  readonly active: boolean;
  readonly root: number;
  readonly numerator: string;
  readonly denominator: string;
  /** The unit's rounding precision, such as `0.01`. */
  readonly rounding: string;
};

/** All units of a database, by id and by name. */
export type UnitList = { readonly byId: ReadonlyMap<number, Unit>; readonly named: (name: string) => readonly Unit[] };

/** The list of units; a name is looked up as it stands, then without regard to case. */
export function unitList(units: readonly Unit[]): UnitList {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const asWritten = groupByName(units, (name) => name);
  const anyCase = groupByName(units, (name) => name.toLowerCase());
  return { byId, named: (name) => asWritten.get(name) ?? anyCase.get(name.trim().toLowerCase()) ?? [] };
}

function groupByName(units: readonly Unit[], by: (name: string) => string): Map<string, Unit[]> {
  const groups = new Map<string, Unit[]>();
  for (const unit of units) {
    const name = by(unit.name.trim());
    groups.set(name, [...(groups.get(name) ?? []), unit]);
  }
  return groups;
}

export type UnitAnswer =
  | { readonly is: 'convertible'; readonly unit: Unit }
  | { readonly is: 'unknown' }
  | { readonly is: 'several'; readonly count: number }
  | { readonly is: 'mismatch'; readonly unit: Unit };

/**
 * The unit that a name stands for on a line of a product counted in `own`. Odoo allows several units of one name: those
 * that convert to the product's own come first, then active ones. An archived unit still converts (Odoo 19 brings dozens
 * archived), as its meaning is unchanged.
 */
export function unitFor(list: UnitList, name: string, own: Unit | undefined): UnitAnswer {
  const named = list.named(name);
  const first = named[0];
  if (!first) return { is: 'unknown' };
  if (!own) return { is: 'convertible', unit: first };
  const convertible = named.filter((unit) => unit.root === own.root);
  const active = convertible.filter((unit) => unit.active);
  const choice = active.length > 0 ? active : convertible;
  const unit = choice[0];
  if (!unit) return { is: 'mismatch', unit: first };
  const same = choice.every((other) => other.numerator === unit.numerator && other.denominator === unit.denominator);
  return same ? { is: 'convertible', unit } : { is: 'several', count: choice.length };
}

/** How a quantity in one unit becomes one in another of the same root: times `numerator`, divided by `denominator`. */
export type Conversion = { readonly numerator: Decimal; readonly denominator: Decimal };

/** The conversion between two units of the same root; undefined where it changes nothing. */
export function conversion(from: Unit, to: Unit): Conversion | undefined {
  const numerator = exact(from.numerator).times(to.denominator);
  const denominator = exact(from.denominator).times(to.numerator);
  return numerator.equals(denominator) ? undefined : { numerator, denominator };
}

/**
 * A quantity converted, as decimal text. What does not end (a unit is a twelfth of a dozen) is cut at the twentieth
 * place, never rounded up: a sum of cut parts stays at or just below the true sum, so rounding it up to a unit's
 * rounding gives what the true sum gives. Rounded half up, three times eight units would order 2.01 dozens.
 */
export function convert(quantity: string, by: Conversion | undefined): string {
  if (!by) return quantity;
  return quantityText(exact(quantity).times(by.numerator).dividedBy(by.denominator).toDecimalPlaces(PLACES, Decimal.ROUND_DOWN));
}
