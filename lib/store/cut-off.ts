/** So many times in a row a job may be cut off and go on at once: restarts of a plant's own. */
const AT_ONCE = 3;
const FIRST_MILLISECONDS = 2_000;
const LONGEST_MILLISECONDS = 300_000;

/**
 * Milliseconds for which a job is left alone after its try was cut off for the `cutOff`th time: none at first, then any time
 * up to 2 s, doubling to five minutes. So what ends its process does so ever more rarely, and what was merely in hand with it
 * comes to its end in between.
 */
export function restAfterCutOff(cutOff: number, random: () => number = Math.random): number {
  if (cutOff <= AT_ONCE) return 0;
  return Math.round(Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** (cutOff - AT_ONCE - 1)) * random());
}
