import { z } from 'zod';
import { numberField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  server: textField(),
  store: textField(),
  purpose: z.enum(['baseline', 'promotion', 'scenario']).default('baseline'),
  /** The automatic limits, in percent: beyond any of them a version waits for a person. */
  changedLinesPercent: numberField(20),
  totalDeviationPercent: numberField(10),
  largestChangePercent: numberField(50),
  /** A single change of no more than this quantity is never too large. */
  largestChangeQuantity: numberField(0),
  /** What becomes of the first version, which nothing can be compared with. */
  first: z.enum(['automatic', 'waits']).default('automatic'),
  /** Days from today within which no change is automatic. */
  frozenDays: numberField(0),
  waitHours: numberField(24),
  onDeadline: z.enum(['escalate', 'expire']).default('escalate'),
  /** Whether what stands in Odoo as released the same day is written again. */
  unchanged: z.enum(['skip', 'write']).default('skip'),
  /** Whether what the version before wanted, and a later one does not, is written as a quantity of nothing. */
  gone: z.enum(['keep', 'zero']).default('keep'),
  maxAttempts: numberField(30),
  leaseSeconds: numberField(120),
});
export type Settings = z.infer<typeof Settings>;
