import { z } from 'zod';
import { PRODUCT_KEYS } from '../../lib/forecast/master-view.ts';
import { DeviationLimit } from '../../lib/forecast/rules/deviation-exceeded.ts';
import { numberField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  server: textField(),
  productKey: z.enum(PRODUCT_KEYS).default('default_code'),
  /** Narrows which supplier lines are an approval; blank = all that are in date. */
  supplierDomain: textField(),
  insideLeadTime: z.enum(['off', 'warn', 'hold']).default('warn'),
  pastDays: numberField(0),
  futureDays: numberField(730),
  /** How far lines may deviate from the planning baseline of their interface; none = as far as they like. */
  deviations: z.array(DeviationLimit).default([]),
  /** Where the baseline is kept. */
  store: textField(),
  cacheSeconds: numberField(300),
});
