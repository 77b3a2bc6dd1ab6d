import type { Profile } from '../../odoo/profile.ts';
import { ForecastError } from '../errors.ts';

/** Where a forecast can land in Odoo. */
export const TARGETS = ['reordering-rules', 'draft-orders', 'demand-estimates', 'master-production-schedule'] as const;
export type Target = (typeof TARGETS)[number];

/** The model that a target is kept in, and what brings it into a database. */
const HOME: Readonly<Record<Exclude<Target, 'draft-orders'>, { readonly model: string; readonly install: string }>> = {
  'reordering-rules': { model: 'stock.warehouse.orderpoint', install: 'the app Inventory' },
  'demand-estimates': { model: 'stock.demand.estimate', install: 'the OCA module stock_demand_estimate' },
  'master-production-schedule': {
    model: 'mrp.production.schedule',
    install: 'Odoo Enterprise’s Master Production Schedule (mrp_mps)',
  },
};

/** What draft orders are kept in, by how a product is supplied. */
const ORDERS = {
  manufacture: { model: 'mrp.production', install: 'the app Manufacturing' },
  buy: { model: 'purchase.order', install: 'the app Purchase' },
} as const;

type Models = Pick<Profile, 'hasModel'>;

/**
 * The target to take: the one that is set, or by `auto` what the database has of schedule, estimates and reordering rules.
 * @throws ForecastError `settings` where the database lacks the target, naming the app to install
 */
export function chooseTarget(wanted: Target | 'auto', profile: Models): Target {
  if (wanted === 'draft-orders') return wanted;
  if (wanted === 'auto')
    return (
      (['master-production-schedule', 'demand-estimates'] as const).find((target) => profile.hasModel(HOME[target].model)) ??
      chooseTarget('reordering-rules', profile)
    );
  needModel(profile, HOME[wanted]);
  return wanted;
}

/** @throws ForecastError `settings` where the database cannot hold orders of that kind */
export function needOrders(profile: Models, supply: keyof typeof ORDERS): void {
  needModel(profile, ORDERS[supply]);
}

function needModel(profile: Models, { model, install }: { model: string; install: string }): void {
  if (!profile.hasModel(model))
    throw new ForecastError('settings', `Odoo lacks the model ${model}: install ${install}, or choose another target.`);
}
