import { z } from 'zod';
import { parseQuantity } from '../../canonical/quantity.ts';
import { ONE, scaled } from '../scaled.ts';

/** How far one quantity may change: beyond is what is beyond each of the two that are given. Without either nothing is. */
export const ChangeLimit = z.object({
  /** Of the quantity before. */
  percent: z.number().min(0).optional(),
  /** In the product's own unit. */
  quantity: z.number().min(0).optional(),
});
export type ChangeLimit = z.infer<typeof ChangeLimit>;

/** Whether a change goes beyond a limit. Quantities are in units of 10⁻²⁰; a change from nothing is beyond any percent. */
export function isBeyond(before: bigint, after: bigint, { percent, quantity }: ChangeLimit): boolean {
  if (percent === undefined && quantity === undefined) return false;
  const moved = distance(before, after);
  if (moved === 0n) return false;
  if (quantity !== undefined && moved <= scaled(parseQuantity(quantity))) return false;
  return percent === undefined || isBeyondPercent(moved, before, percent);
}

/** Whether `part` is more than so many percent of `whole`, exactly. */
export function isBeyondPercent(part: bigint, whole: bigint, percent: number): boolean {
  return part * 100n * ONE > whole * scaled(parseQuantity(percent));
}

/** By how much two quantities differ. */
export function distance(before: bigint, after: bigint): bigint {
  return before > after ? before - after : after - before;
}

/** How many percent `part` is of `whole`, to two decimals; null where the whole is nothing. */
export function percentOf(part: bigint, whole: bigint): number | null {
  if (whole === 0n) return null;
  return Math.round(Number((part * 100_000n) / whole) / 10) / 100;
}

/** A limit in words, such as `30 %`, or `30 % and 5 Units`. */
export function limitText({ percent, quantity }: ChangeLimit, uom: string): string {
  const parts = [
    ...(percent === undefined ? [] : [`${percent} %`]),
    ...(quantity === undefined ? [] : [`${quantity} ${uom}`.trim()]),
  ];
  return parts.join(' and ');
}
