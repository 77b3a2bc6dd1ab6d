import type { VersionItem } from '../../canonical/version-item.ts';
import { type DaySpan, dayText } from '../days.ts';
import { scaled, scaledText } from '../scaled.ts';
import { type ChangeLimit, distance, isBeyond, percentOf } from './change.ts';
import type { Change, Difference } from './difference.ts';
import type { Rolled } from './horizon.ts';
import { Tally } from './tally.ts';

/** A change with its quantities in units of 10⁻²⁰. */
type Moved = { readonly change: Change; readonly moved: bigint; readonly percent: number };

/** How changes are counted; days as day numbers. */
type Counting = {
  readonly daysOf: (period: string) => DaySpan;
  readonly today: number;
  readonly rolled: Rolled;
  readonly limit: ChangeLimit;
  readonly listed: number;
};

/** The lines of two versions as they are compared, one by one. */
export class CountedChanges {
  readonly #total = new Tally();
  readonly #groups = new Map<string, Tally>();
  readonly #places = new Map<string, Tally>();
  readonly #how: Counting;
  #firstDay = Number.POSITIVE_INFINITY;
  #moved: Moved[] = [];
  #largest: Moved | undefined;
  #beyond = 0;
  #furthest: Moved | undefined;

  constructor(how: Counting) {
    this.#how = how;
  }

  /** Counts a line; one that is gone because its period is over is none. */
  add(item: VersionItem, period: string, earlier: string | undefined, later: string | undefined): void {
    const before = scaled(earlier ?? '0');
    const after = scaled(later ?? '0');
    const kind = earlier === undefined ? 'new' : later === undefined ? 'gone' : before === after ? 'unchanged' : 'changed';
    const { daysOf, today, rolled, limit } = this.#how;
    const { first, end } = daysOf(period);
    const isPast = end <= today;
    if (kind === 'gone' && isPast) return;
    const ahead = kind === 'new' && rolled !== undefined && first >= rolled.first && first < rolled.end;
    for (const tally of [this.#total, tallyOf(this.#groups, item.group), tallyOf(this.#places, item.location)])
      tally.add(kind, before, after, ahead);
    if (kind === 'unchanged') return;
    if (!isPast && !ahead) this.#firstDay = Math.min(this.#firstDay, first);
    const { product, location, group, uom } = item;
    const moved = distance(before, after);
    const part = percentOf(moved, before);
    const percent = part !== null && after < before ? -part : part;
    const texts = { before: scaledText(before), after: scaledText(after) };
    const change: Change = { kind, product, location, group, period, uom, ...texts, percent };
    const one = { change, moved, percent: part ?? Number.POSITIVE_INFINITY };
    this.#keep(one);
    if (kind === 'new') return;
    if (!this.#largest || moved > this.#largest.moved) this.#largest = one;
    if (!isBeyond(before, after, limit)) return;
    this.#beyond++;
    if (!this.#furthest || one.percent > this.#furthest.percent) this.#furthest = one;
  }

  closed(): Omit<Difference, 'compared'> {
    this.#cut();
    const named = (tallies: Map<string, Tally>) => [...tallies].sort(([, one], [, other]) => byDeviation(other, one));
    return {
      total: this.#total.totals(),
      firstDay: Number.isFinite(this.#firstDay) ? dayText(this.#firstDay) : null,
      groups: named(this.#groups).map(([group, tally]) => ({ group, ...tally.totals() })),
      places: named(this.#places).map(([location, tally]) => ({ location, ...tally.totals() })),
      largest: this.#largest?.change ?? null,
      beyond: { count: this.#beyond, largest: this.#furthest?.change ?? null },
      changes: this.#moved.map(({ change }) => change),
    };
  }

  /** Keeps the largest; they are sorted only when twice as many as are wanted have come together. */
  #keep(moved: Moved): void {
    this.#moved.push(moved);
    if (this.#moved.length > 2 * this.#how.listed + 16) this.#cut();
  }

  #cut(): void {
    this.#moved.sort((one, other) => (one.moved > other.moved ? -1 : one.moved < other.moved ? 1 : 0));
    this.#moved = this.#moved.slice(0, this.#how.listed);
  }
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  let tally = tallies.get(name);
  if (!tally) {
    tally = new Tally();
    tallies.set(name, tally);
  }
  return tally;
}

function byDeviation(one: Tally, other: Tally): number {
  return one.deviation > other.deviation ? 1 : one.deviation < other.deviation ? -1 : 0;
}
