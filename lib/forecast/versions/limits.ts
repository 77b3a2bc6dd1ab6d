import { z } from 'zod';
import { DateText } from '../../canonical/fields.ts';
import { scaled } from '../scaled.ts';
import { ChangeLimit, isBeyondPercent, limitText } from './change.ts';
import type { Change, Difference } from './difference.ts';

/** Within these a version is released without a person; a limit that is left out is none. */
export const Limits = z.object({
  /** Lines that differ from the baseline, in percent of all. */
  share: z.number().min(0).optional(),
  /** Total deviation in percent of what the baseline wants. */
  deviation: z.number().min(0).optional(),
  /** Of a single line that the baseline has. */
  change: ChangeLimit.default({}),
  /** The last day of the frozen horizon, `YYYY-MM-DD`: what changes up to it waits for a person. */
  frozenUntil: DateText.optional(),
  /** What becomes of a version when there is no baseline to compare it with. */
  first: z.enum(['automatic', 'waits']).default('waits'),
});
export type Limits = z.infer<typeof Limits>;

export type Decision = {
  readonly automatic: boolean;
  /** Why it waits, in words; none where it is automatic. */
  readonly why: readonly string[];
};

/**
 * Decides whether a version is released without a person.
 * @param difference compared with the limit of a single change that `limits` has
 */
export function decide(difference: Difference, limits: Limits): Decision {
  const why = difference.compared ? beyond(difference, limits) : first(limits);
  return { automatic: why.length === 0, why };
}

function first({ first }: Limits): string[] {
  return first === 'waits' ? ['There is no released version yet to compare it with.'] : [];
}

function beyond({ total, beyond, firstDay }: Difference, { share, deviation, change, frozenUntil }: Limits): string[] {
  const why: string[] = [];
  const differing = total.new - total.ahead + total.gone + total.changed;
  if (share !== undefined && isBeyondPercent(BigInt(differing), BigInt(differing + total.unchanged), share))
    why.push(`${total.share} % of the lines differ from the baseline; the limit is ${share} %.`);
  if (deviation !== undefined && isBeyondPercent(scaled(total.deviation), scaled(total.before), deviation))
    why.push(
      total.percent === null
        ? 'The baseline wants nothing, so that all quantities are new.'
        : `The quantities deviate from the baseline by ${total.percent} % in all; the limit is ${deviation} %.`,
    );
  if (beyond.largest) {
    const others = beyond.count === 1 ? '' : ` So do ${beyond.count - 1} more.`;
    why.push(`${changeText(beyond.largest)}; the limit is ${limitText(change, beyond.largest.uom)}.${others}`);
  }
  if (frozenUntil !== undefined && firstDay !== null && firstDay <= frozenUntil)
    why.push(`It changes what is wanted from ${firstDay} on; up to ${frozenUntil} the plan is frozen.`);
  return why;
}

/** A change in words, such as `Product FURN-1 at WH changes by 100 % in 2026-12, from 10 to 20 Units`. */
export function changeText({ product, location, period, percent, before, after, uom }: Change): string {
  const by = percent === null ? '' : ` by ${Math.abs(percent)} %`;
  return `Product ${product} at ${location} changes${by} in ${period}, from ${before} to ${after} ${uom}`.trimEnd();
}
