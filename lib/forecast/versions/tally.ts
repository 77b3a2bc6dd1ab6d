import { scaledText } from '../scaled.ts';
import { distance, percentOf } from './change.ts';

/** What became of a line of the baseline, or that it is new. */
export type Fate = 'new' | 'gone' | 'changed' | 'unchanged';

/** How many lines differ and how far; quantities are decimals as text, summed whatever the units. */
export type Totals = Readonly<Record<Fate, number>> & {
  /** How many of the new lines came because the horizon rolled on; neither deviation nor share counts them. */
  readonly ahead: number;
  readonly before: string;
  readonly after: string;
  /** The sum of what each line differs by, up or down. */
  readonly deviation: string;
  /** The deviation in percent of the quantity before; null where that was nothing. */
  readonly percent: number | null;
  /** The lines that differ, in percent of all; null where there are none. */
  readonly share: number | null;
};

/** Counts lines as they are compared; quantities in units of 10⁻²⁰. */
export class Tally {
  readonly #lines: Record<Fate, number> = { new: 0, gone: 0, changed: 0, unchanged: 0 };
  #ahead = 0;
  #before = 0n;
  #after = 0n;
  #deviation = 0n;

  get deviation(): bigint {
    return this.#deviation;
  }

  add(fate: Fate, before: bigint, after: bigint, ahead: boolean): void {
    this.#lines[fate]++;
    this.#before += before;
    this.#after += after;
    if (ahead) this.#ahead++;
    else this.#deviation += distance(before, after);
  }

  totals(): Totals {
    const { new: added, gone, changed, unchanged } = this.#lines;
    const differing = added - this.#ahead + gone + changed;
    return {
      ...this.#lines,
      ahead: this.#ahead,
      before: scaledText(this.#before),
      after: scaledText(this.#after),
      deviation: scaledText(this.#deviation),
      percent: percentOf(this.#deviation, this.#before),
      share: percentOf(BigInt(differing), BigInt(differing + unchanged)),
    };
  }
}
