import type { SessionFilters } from '../../lib/events/subscribe.ts';

/** Of a session that was never subscribed to anything else. */
export const NO_OTHERS: SessionFilters = { beside: async () => [], ended: async () => {} };

/** Filters that are remembered for as long as the test goes on. */
export function rememberedFilters(): SessionFilters & { readonly all: Set<string> } {
  const all = new Set<string>();
  return {
    all,
    async beside(filter) {
      if (filter !== undefined) all.add(filter);
      return [...all].filter((one) => one !== filter);
    },
    async ended(filters) {
      for (const one of filters) all.delete(one);
    },
  };
}
