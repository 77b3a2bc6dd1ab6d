import { z } from 'zod';
import { PRODUCT_KEYS } from '../../lib/forecast/master-view.ts';
import { numberField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  server: textField(),
  /** Where the forecast lands in Odoo. */
  target: z.enum(['reordering-rules']).default('reordering-rules'),
  productKey: z.enum(PRODUCT_KEYS).default('default_code'),
  reviewDays: numberField(7),
  cycleDays: numberField(7),
  safetyDays: numberField(0),
  cacheSeconds: numberField(300),
});
