import type { StoreContext } from '../context.ts';
import { actsOf } from './acts.ts';
import { mendableOf } from './mendable.ts';
import { readingOf } from './read.ts';
import { upkeepOf } from './upkeep.ts';

/** The exception desk: exceptions by their cause, what people do about them, and what time does. */
export type Desk = ReturnType<typeof deskOf>;

export function deskOf(context: StoreContext, keyDays: number) {
  return { ...readingOf(context), ...actsOf(context, keyDays), ...upkeepOf(context), ...mendableOf(context, keyDays) };
}
