import type { ModelData } from '../fields.ts';
import { baseModels } from './base.ts';
import { manufacturingModels } from './manufacturing.ts';
import { planningModels } from './planning.ts';
import { productModels } from './product.ts';
import { purchaseModels } from './purchase.ts';
import { salesModels } from './sales.ts';
import { stockModels } from './stock.ts';
import { unitsModels } from './units.ts';
import { warehouseModels } from './warehouse.ts';

/** Every model of the stand-in, of all versions. */
export const MODELS: Readonly<Record<string, ModelData>> = {
  ...baseModels,
  ...unitsModels,
  ...productModels,
  ...warehouseModels,
  ...stockModels,
  ...manufacturingModels,
  ...purchaseModels,
  ...salesModels,
  ...planningModels,
};
