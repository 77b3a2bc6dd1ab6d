import { setTimeout as sleep } from 'node:timers/promises';

/** How hard a server may be leaned on. `callsPerSecond` 0 = no limit. */
export type Limits = { readonly maxConcurrent: number; readonly callsPerSecond: number };

/** A client's place among those that call one server. */
export type Throttle = {
  /** Runs work once the server may be called: no more at once, and begun no more often a second, than all who call it allow. */
  readonly throttled: <T>(work: () => Promise<T>) => Promise<T>;
  /** The client calls no more; its limits hold no longer. */
  readonly leave: () => void;
};

type Shared = Pick<Throttle, 'throttled'> & { readonly limits: Set<Limits>; admit(): void };

/** The servers that this process calls, whoever it is for: Odoo feels the sum. */
const servers = new Map<string, Shared>();

/** Joins those who call a server, named by its address and database. The strictest limits of all of them hold for each. */
export function joinThrottle(server: string, limits: Limits): Throttle {
  const shared = servers.get(server) ?? sharedThrottle();
  servers.set(server, shared);
  const own = { ...limits };
  shared.limits.add(own);
  return {
    throttled: shared.throttled,
    leave() {
      shared.limits.delete(own);
      if (shared.limits.size === 0 && servers.get(server) === shared) servers.delete(server);
      shared.admit();
    },
  };
}

function sharedThrottle(): Shared {
  const limits = new Set<Limits>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let next = 0;

  const mostAtOnce = () => Math.min(...[...limits].map(({ maxConcurrent }) => maxConcurrent));
  const gap = () => Math.max(0, ...[...limits].map(({ callsPerSecond }) => (callsPerSecond > 0 ? 1000 / callsPerSecond : 0)));
  const admit = () => {
    while (waiting.length > 0 && running < mostAtOnce()) {
      running++;
      waiting.shift()?.();
    }
  };

  return {
    limits,
    admit,
    async throttled(work) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        admit();
      });
      try {
        const milliseconds = gap();
        if (milliseconds > 0) {
          const now = Date.now();
          const start = Math.max(now, next);
          next = start + milliseconds;
          if (start > now) await sleep(start - now);
        }
        return await work();
      } finally {
        running--;
        admit();
      }
    },
  };
}
