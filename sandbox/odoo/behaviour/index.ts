import type { Behaviour } from '../behaviour.ts';
import { baseBehaviours } from './base.ts';
import { manufacturingBehaviours } from './manufacturing.ts';
import { orderpointBehaviours } from './orderpoint.ts';
import { orderBehaviours } from './orders.ts';
import { productBehaviours } from './product.ts';
import { stockBehaviours } from './stock.ts';
import { unitBehaviours } from './units.ts';
import { warehouseBehaviours } from './warehouse.ts';

/** What each model does beyond keeping records. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...baseBehaviours,
  ...unitBehaviours,
  ...productBehaviours,
  ...warehouseBehaviours,
  ...stockBehaviours,
  ...orderpointBehaviours,
  ...manufacturingBehaviours,
  ...orderBehaviours,
};
