import { type FlowRecord, GROUP, SOURCE } from '../../canonical/marks.ts';
import { sumQuantities } from '../../canonical/quantity.ts';
import { splitQuantity } from '../../canonical/quantity-split.ts';
import type { VersionItem } from '../../canonical/version-item.ts';
import { scaled, scaledText } from '../scaled.ts';

/**
 * The canonical lines of a version's items, as a target takes them: one a product, place and period, in the product's own
 * unit. `$source` adds up to the lines of the item and to what its senders gave. Synchronous: give it a page of items at
 * a time.
 */
export function linesOf(items: readonly VersionItem[]): FlowRecord[] {
  return items.flatMap((item) => {
    const { product, location, group, uom, periods } = item;
    const sent = sentByPeriod(item);
    // A line that was itself summed from several stands once among a period's lines.
    const more = item.lines - periods.reduce((lines, period) => lines + period.lines.length, 0);
    return periods.map(({ period, quantity, lines }, at) => ({
      product,
      location,
      period,
      quantity,
      ...(uom === '' ? {} : { uom }),
      ...(group === '' ? {} : { [GROUP]: group }),
      [SOURCE]: { lines: lines.length + (at === 0 ? more : 0), quantity: sent[at]! },
    }));
  });
}

/**
 * What the senders gave in each period: where units were converted, their whole is split as the quantities are. A period's
 * quantity may have more in it than its lines gave, where another version wants some besides.
 */
function sentByPeriod({ sent, periods }: VersionItem): string[] {
  const wanted = periods.map(({ quantity, lines }) => (lines.length > 0 ? quantity : '0'));
  if (sumQuantities(wanted) === sent) return wanted;
  const given = periods.map(({ lines }) => scaledText(lines.reduce((sum, [, quantity]) => sum + scaled(quantity), 0n)));
  const whole = sumQuantities(given);
  return whole === sent || whole === '0' ? given : splitQuantity(sent, given);
}
