import { type Change, type Difference, shareOf } from './difference.ts';

/** How far a version may differ from the baseline and still be released by itself. */
export type Limits = {
  readonly changedLinesPercent: number;
  readonly totalDeviationPercent: number;
  readonly largestChangePercent: number;
  /** What becomes of the first version, which nothing can be compared with. */
  readonly first: 'automatic' | 'wait';
  /** The last day of the frozen horizon, `YYYY-MM-DD`: no change up to it is automatic. */
  readonly frozenUntil?: string | undefined;
};

/** Whether a version is released by itself, and else every reason why not, for the person who decides. */
export type Decision = { readonly automatic: boolean; readonly why: readonly string[] };

/** Holds a difference against the limits. */
export function decide(difference: Difference, limits: Limits): Decision {
  if (!difference.compared) {
    const why = limits.first === 'wait' ? ['It is the first version: there is nothing to compare it with.'] : [];
    return { automatic: why.length === 0, why };
  }
  const { changedPercent, deviationPercent, largest, firstDay } = difference;
  const why: string[] = [];
  if (changedPercent > limits.changedLinesPercent)
    why.push(`${changedPercent} % of the lines change; the limit is ${limits.changedLinesPercent} %.`);
  if (deviationPercent > limits.totalDeviationPercent)
    why.push(`All changes together are ${deviationPercent} % of the baseline; the limit is ${limits.totalDeviationPercent} %.`);
  if (largest && shareOf(largest) > limits.largestChangePercent)
    why.push(`${told(largest)}; the limit is ${limits.largestChangePercent} %.`);
  if (limits.frozenUntil && firstDay !== null && firstDay <= limits.frozenUntil)
    why.push(`It changes what is wanted from ${firstDay} on; nothing changes by itself up to ${limits.frozenUntil}.`);
  return { automatic: why.length === 0, why };
}

function told({ product, location, period, before, after, percent }: Change): string {
  const share = percent === null ? 'is new' : `changes by ${percent} %`;
  return `${product} at ${location} in ${period} ${share} (${before} to ${after})`;
}
