import { z } from 'zod';
import { OWNERS } from '../../lib/exceptions/catalogue.ts';
import { NEXT_OWNER, type NextOwner } from '../../lib/exceptions/escalation.ts';
import { PRODUCT_KEYS } from '../../lib/forecast/master-view.ts';
import { numberField, textField } from '../../lib/node/settings.ts';

export const ACTIONS = ['list', 'show', 'acknowledge', 'wait', 'resolve', 'reassign', 'redrive', 'look', 'escalate'] as const;
export type Action = (typeof ACTIONS)[number];

const Next = z.enum([...OWNERS, '']);

export const Settings = z.object({
  store: textField(),
  /** What is done, unless the message says it. */
  action: z.enum(ACTIONS).default('list'),
  /** Minutes between two rounds that this node makes by itself: it escalates, looks, and tells; 0 = none. */
  everyMinutes: numberField(0),
  /** Where it is looked up whether causes are mended; none = nowhere. */
  server: textField(),
  productKey: z.enum(PRODUCT_KEYS).default('default_code'),
  /** Narrows which supplier lines are an approval; blank = all that are in date. */
  supplierDomain: textField(),
  /** Whose exceptions are looked up; blank = every interface's. */
  interface: textField(),
  /** To whom goes what its owner has left too long; blank = it stays. */
  nextPlanner: Next.default(NEXT_OWNER.planner),
  nextBuyer: Next.default(NEXT_OWNER.buyer),
  nextMasterData: Next.default(NEXT_OWNER['master-data']),
  nextIntegration: Next.default(NEXT_OWNER.integration),
});
export type Settings = z.output<typeof Settings>;

/** To whom goes what its owner has left too long. */
export function nextOwners({ nextPlanner, nextBuyer, nextMasterData, nextIntegration }: Settings): NextOwner {
  return { planner: nextPlanner, buyer: nextBuyer, 'master-data': nextMasterData, integration: nextIntegration };
}
