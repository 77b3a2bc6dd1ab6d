import { z } from 'zod';
import { OWNERS, type Owner } from './catalogue.ts';

/** To whom an exception goes when its owner's time is over; an owner without a next one keeps it. */
export type NextOwner = Readonly<Partial<Record<Owner, Owner>>>;

const Next = z.preprocess((value) => (value === '' ? undefined : value), z.enum(OWNERS).optional());

/**
 * Who lacks the product or the supply has to know that it is not coming, so what buyers and master data leave goes to the
 * planner, and what the planner leaves to those who run the bridge.
 */
export const NextOwners = z.object({
  planner: Next.default('integration'),
  buyer: Next.default('planner'),
  'master-data': Next.default('planner'),
  integration: Next,
});
