import { z } from 'zod';
import { PRODUCT_KEYS } from '../../lib/forecast/master-view.ts';
import { numberField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  server: textField(),
  productKey: z.enum(PRODUCT_KEYS).default('default_code'),
  /** Narrows which supplier lines are an approval; blank = all that are in date. */
  supplierDomain: textField(),
  insideLeadTime: z.enum(['off', 'warn', 'hold']).default('warn'),
  pastDays: numberField(0),
  futureDays: numberField(730),
  cacheSeconds: numberField(300),
});
