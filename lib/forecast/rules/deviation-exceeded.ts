import { z } from 'zod';
import { CONFIRMED } from '../../canonical/marks.ts';
import { matchesWildcard } from '../../exceptions/wildcard.ts';
import { scaled, scaledText } from '../scaled.ts';
import { convert } from '../units.ts';
import { ChangeLimit, distance, isBeyond, limitText, percentOf } from '../versions/change.ts';
import type { Rule } from './rule.ts';

/** How far a line may deviate from the planning baseline, for product groups that match; a blank group is any. */
export const DeviationLimit = ChangeLimit.extend({ group: z.string().optional() });
export type DeviationLimit = z.infer<typeof DeviationLimit>;

/**
 * The line deviates from the baseline's line of the same product, place, period, customer and channel, by more than the
 * limit of its product group: the first that matches. One line is compared with one, because sums would be known only at
 * the end of the run; a line that the baseline does not have is new, which is no deviation. Nor is one that somebody let
 * go on all the same.
 */
export const deviationExceeded: Rule = {
  reason: 'DEVIATION_EXCEEDED',
  check: ({ line, standing, run }) => {
    const { period, quantity } = line;
    if (!run.baseline || !period || quantity === undefined || standing.product.is !== 'one') return undefined;
    if (line.record[CONFIRMED] !== undefined) return undefined;
    const { product, unit } = standing.product;
    const limit = run.deviations.find(({ group }) => matchesWildcard(group, product.group));
    if (!limit) return undefined;
    const uom = unit?.name ?? line.unit ?? '';
    const { customer, channel } = line;
    const before = run.baseline.wanted(line, { period: period.text, customer, channel }, uom);
    if (before === undefined) return undefined;
    const after = scaled(convert(quantity, standing.conversion));
    if (!isBeyond(before, after, limit)) return undefined;
    const percent = percentOf(distance(before, after), before);
    const by = percent === null ? '' : ` by ${percent} %`;
    return {
      field: 'quantity',
      value: line.record.quantity,
      message: `"${line.product}" at "${line.location}" changes${by} in ${period.text}, from ${scaledText(before)} to ${scaledText(after)} ${uom}; the limit is ${limitText(limit, uom)}.`,
    };
  },
};
