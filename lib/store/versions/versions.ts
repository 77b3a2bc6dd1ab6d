import type { StoreContext } from '../context.ts';
import { approvalOf } from './approval.ts';
import { itemsOf } from './items.ts';
import { keepingOf } from './keep.ts';
import { lineageOf } from './lineage.ts';
import { readingOf } from './read.ts';
import { releasingOf } from './release.ts';
import { releasingAgainOf } from './release-again.ts';
import { rollingBackOf } from './roll-back.ts';
import { writtenOf } from './written.ts';

/** Forecast versions: kept, compared, approved or refused, released, superseded, rolled back. */
export type Versions = ReturnType<typeof versionsOf>;

export function versionsOf(context: StoreContext, keyDays: number) {
  const items = itemsOf(context);
  const reading = readingOf(context);
  return {
    ...reading,
    ...keepingOf(context, keyDays),
    ...approvalOf(context, keyDays),
    ...releasingOf(context, items),
    ...releasingAgainOf(context, keyDays),
    ...rollingBackOf(context, keyDays),
    ...writtenOf(context),
    ...lineageOf(context),
    items,

    /** What the planning baseline of an interface wants of these products at these places; nothing where there is none. */
    async baselineItems(name: string, keys: Parameters<typeof items.of>[1]) {
      const baseline = await reading.baseline(name);
      return baseline ? items.of(baseline.id, keys) : [];
    },
  };
}
