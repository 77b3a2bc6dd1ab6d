const FIRST_MILLISECONDS = 1_000;
const CEILING_MILLISECONDS = 300_000;

/**
 * Milliseconds to wait before the try after `attempt`: doubling from a second to five minutes, each between half and the
 * whole of it, so that workers which failed together do not come back together.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(CEILING_MILLISECONDS, FIRST_MILLISECONDS * 2 ** Math.max(0, attempt - 1));
  return Math.round(full * (0.5 + random() / 2));
}
