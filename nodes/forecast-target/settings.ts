import { z } from 'zod';
import { PERIOD_KINDS } from '../../lib/canonical/period.ts';
import { PRODUCT_KEYS } from '../../lib/forecast/master-view.ts';
import { TARGETS } from '../../lib/forecast/targets/target.ts';
import { numberField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  server: textField(),
  /** Where the forecast lands in Odoo. */
  target: z.enum(['auto', ...TARGETS]).default('reordering-rules'),
  /** The period of draft orders and demand estimates. */
  bucket: z.enum(PERIOD_KINDS).default('week'),
  productKey: z.enum(PRODUCT_KEYS).default('default_code'),
  reviewDays: numberField(7),
  cycleDays: numberField(7),
  safetyDays: numberField(0),
  cacheSeconds: numberField(300),
});
