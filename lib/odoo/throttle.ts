import { setTimeout as sleep } from 'node:timers/promises';

/** Runs work no more than so many at once, and begun no more often than so many a second. */
export type Throttle = <T>(work: () => Promise<T>) => Promise<T>;

/** A throttle for one server, shared by all who call it. `callsPerSecond` 0 = no limit. */
export function throttle(maxConcurrent: number, callsPerSecond: number): Throttle {
  const waiting: (() => void)[] = [];
  const gap = callsPerSecond > 0 ? 1000 / callsPerSecond : 0;
  let running = 0;
  let next = 0;

  const enter = (): Promise<void> | undefined => {
    if (running < maxConcurrent) {
      running++;
      return undefined;
    }
    // The place is handed over as it is: `running` stays the same.
    return new Promise((resolve) => waiting.push(resolve));
  };
  const leave = () => {
    const first = waiting.shift();
    if (first) first();
    else running--;
  };

  return async (work) => {
    await enter();
    try {
      if (gap > 0) {
        const now = Date.now();
        const start = Math.max(now, next);
        next = start + gap;
        if (start > now) await sleep(start - now);
      }
      return await work();
    } finally {
      leave();
    }
  };
}
