import { BillOfMaterials } from './bill-of-materials.ts';
import { DemandEstimate } from './demand-estimate.ts';
import { ForecastLine } from './forecast-line.ts';
import { Location } from './location.ts';
import { PlannedDemand } from './planned-demand.ts';
import { PlannedOrder } from './planned-order.ts';
import { PlanningException } from './planning-exception.ts';
import { Product } from './product.ts';
import { ReorderingRule } from './reordering-rule.ts';
import { Supplier } from './supplier.ts';
import { Unit } from './unit.ts';

/** The canonical records by name, as mappings name them in `from` and `to`. */
export const CANONICAL = {
  'forecast-line': ForecastLine,
  product: Product,
  unit: Unit,
  location: Location,
  supplier: Supplier,
  'bill-of-materials': BillOfMaterials,
  'reordering-rule': ReorderingRule,
  'planned-order': PlannedOrder,
  'demand-estimate': DemandEstimate,
  'planned-demand': PlannedDemand,
  'planning-exception': PlanningException,
} as const;
export type CanonicalName = keyof typeof CANONICAL;

/** Whether a name is that of a canonical record. */
export function isCanonical(name: string): name is CanonicalName {
  return Object.hasOwn(CANONICAL, name);
}
