import type { Owner } from './catalogue.ts';

/** To whom an exception goes when its owner's time is over; blank = it stays. */
export type NextOwner = Readonly<Record<Owner, Owner | ''>>;

/**
 * The usual way. Who wants the product has to know that it is not coming, so what buyers and master data leave goes to the
 * planner, and what the planner leaves to those who run the bridge.
 */
export const NEXT_OWNER: NextOwner = { planner: 'integration', buyer: 'planner', 'master-data': 'planner', integration: '' };
