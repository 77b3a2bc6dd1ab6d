import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Choices that a seed reproduces. */
export type Chance = {
  /** A whole number between the two, both of them included. */
  int(least: number, most: number): number;
  /** True so many times in a hundred. */
  percent(share: number): boolean;
  pick<T>(choices: readonly T[]): T;
};

export function chanceOf(seed: number): Chance {
  const generator = xoroshiro128plus(seed);
  const int = (least: number, most: number) => uniformInt(generator, least, most);
  return {
    int,
    percent: (share) => int(1, 100) <= share,
    pick: (choices) => choices[int(0, choices.length - 1)]!,
  };
}
