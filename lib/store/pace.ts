import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a loop may hold the event loop before others get their turn, in milliseconds. */
const STRETCH = 10;

/** Called within a loop over many records, it gives way to other work once the loop has gone on for long enough. */
export function pacer(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < STRETCH) return;
    await nextTurn();
    since = performance.now();
  };
}
