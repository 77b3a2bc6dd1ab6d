import { type FlowRecord, SOURCE } from '../../canonical/marks.ts';
import type { PeriodKind } from '../../canonical/period.ts';
import { CATALOGUE, type Reason } from '../../exceptions/catalogue.ts';
import type { Refusal } from '../../exceptions/refusal.ts';
import type { OdooClient } from '../../odoo/client.ts';
import { readWorkingDays } from '../master-data/working-days.ts';
import type { MasterView } from '../master-view.ts';
import { claimedElsewhere } from './claims.ts';
import { type DemandCollector, isGone, sourceOf } from './demand.ts';
import { demandEstimates } from './demand-estimates.ts';
import { draftOrders } from './draft-orders.ts';
import { overlappingEstimate } from './held-estimates.ts';
import { plannedDemand, type Schedule } from './master-production-schedule.ts';
import { type ReorderingSettings, reorderingRules } from './reordering-rules.ts';
import { readManufacturingPeriods, readSchedules } from './schedules.ts';
import { chooseTarget, needOrders, type Target } from './target.ts';
import { type Wanted, wantedOf } from './wanted.ts';

export type PlanSettings = ReorderingSettings & {
  readonly target: Target | 'auto';
  /** The period of orders and estimates; a schedule has its company's. */
  readonly bucket: PeriodKind;
  /** The plant's time zone. */
  readonly zone: string;
  /** The interface that the forecast came by: part of the orders' key. */
  readonly interface: string;
};

/** Records of one kind, and the preset that maps them to Odoo. */
export type PlannedBatch = { readonly preset: string; readonly records: readonly FlowRecord[] };

export type Plan = {
  readonly target: Target;
  readonly batches: readonly PlannedBatch[];
  /** One for each product and place that the target does not take, with all of its lines. */
  readonly refusals: readonly Refusal[];
};

type Planning = {
  readonly client: OdooClient;
  readonly settings: PlanSettings;
  readonly refuse: (wanted: Wanted, reason: Reason, message: string) => void;
};

/**
 * Turns what a run wants into what its target takes. What another target plans already is refused (`DOUBLE_COUNTED`), and so
 * is what a schedule does not have (`NOT_SCHEDULED`). The number of calls does not depend on the number of products.
 * @throws ForecastError `settings` where the database lacks the target, `changed` where master data did; OdooError
 */
export async function planDemand(
  client: OdooClient,
  collected: DemandCollector,
  master: MasterView,
  settings: PlanSettings,
): Promise<Plan> {
  const target = chooseTarget(settings.target, await client.profile());
  const wanted = await wantedOf(collected, master, settings.zone);
  const refusals: Refusal[] = [];
  const refuse: Planning['refuse'] = (one, reason, message) => {
    // What is gone from the plan, and is not this target's, is nobody's concern.
    if (!one.periods.every(([, sum]) => isGone(sum))) refusals.push(refusalOf(one, reason, message));
  };
  const claimed = await claimedElsewhere(client, target, wanted, settings.today);
  const free = wanted.filter((one) => {
    const by = claimed(one);
    if (by !== undefined) refuse(one, 'DOUBLE_COUNTED', doubleCounted(one, by));
    return by === undefined;
  });
  return { target, batches: await MAKERS[target](free, { client, settings, refuse }), refusals };
}

/** What makes the records of each target. */
const MAKERS: Readonly<Record<Target, (wanted: readonly Wanted[], planning: Planning) => Promise<PlannedBatch[]>>> = {
  'reordering-rules': async (wanted, { settings }) => [
    { preset: 'odoo-reordering-rules', records: await reorderingRules(wanted, settings) },
  ],

  async 'draft-orders'(wanted, { client, settings }) {
    const profile = await client.profile();
    const works = await readWorkingDays(client, companiesOf(wanted), settings.zone);
    const batches: PlannedBatch[] = [];
    for (const supply of ['manufacture', 'buy'] as const) {
      const some = wanted.filter((one) => one.supply.kind === supply);
      if (some.length === 0) continue;
      needOrders(profile, supply);
      batches.push({ preset: ORDER_PRESETS[supply], records: await draftOrders(some, { ...settings, works }) });
    }
    return batches;
  },

  async 'demand-estimates'(wanted, { client, settings, refuse }) {
    const works = await readWorkingDays(client, companiesOf(wanted), settings.zone);
    const estimates = await demandEstimates(wanted, { ...settings, works });
    const overlapped = await overlappingEstimate(client, wanted, estimates);
    const refused = new Set<string>();
    for (const one of wanted) {
      const by = overlapped(one);
      if (by === undefined) continue;
      refuse(one, 'DOUBLE_COUNTED', doubleCounted(one, by));
      refused.add(keyOf(one));
    }
    return [{ preset: 'odoo-demand-estimates', records: estimates.filter((estimate) => !refused.has(keyOf(estimate))) }];
  },

  async 'master-production-schedule'(wanted, { client, settings, refuse }) {
    const [scheduleOf, bucket, works] = await Promise.all([
      readSchedules(client, wanted),
      readManufacturingPeriods(client, companiesOf(wanted)),
      readWorkingDays(client, companiesOf(wanted), settings.zone),
    ]);
    const schedules = new Map<Wanted, Schedule>();
    for (const one of wanted) {
      const schedule = scheduleOf(one);
      if (schedule) schedules.set(one, schedule);
      else
        refuse(
          one,
          'NOT_SCHEDULED',
          `The product "${one.product}" is not in the master production schedule of the warehouse "${one.location}".`,
        );
    }
    const records = await plannedDemand([...schedules.keys()], { scheduleOf: (one) => schedules.get(one)!, bucket, works });
    return [{ preset: 'odoo-master-production-schedule', records }];
  },
};

const ORDER_PRESETS = { manufacture: 'odoo-draft-manufacturing-orders', buy: 'odoo-draft-purchase-orders' } as const;

function companiesOf(wanted: readonly Wanted[]): number[] {
  return [...new Set(wanted.flatMap(({ warehouse }) => warehouse.company ?? []))];
}

function keyOf({ product, location }: Pick<Wanted, 'product' | 'location'>): string {
  return JSON.stringify([product, location]);
}

function doubleCounted({ product, location }: Wanted, by: string): string {
  return `The product "${product}" is planned at the warehouse "${location}" by ${by} already; its demand would be counted twice.`;
}

function refusalOf({ product, location, periods }: Wanted, reason: Reason, message: string): Refusal {
  const source = sourceOf(periods.map(([, sum]) => sum));
  return {
    reason,
    message,
    stage: 'delivery',
    disposition: CATALOGUE[reason].disposition,
    field: 'product',
    value: product,
    record: { product, location, [SOURCE]: source },
    quantity: source.quantity,
    product,
    location,
  };
}
