import { setImmediate as giveWay } from 'node:timers/promises';

const SLICE_MS = 5;
const LOOK_EVERY = 16;

/**
 * Lets other work run between slices of a long loop: `if (pace.due()) await pace.rest();`. Goes by time, not by count,
 * because one record may cost a hundred times another.
 */
export class Pace {
  #since = performance.now();
  #calls = 0;
  readonly #signal: AbortSignal | undefined;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  due(): boolean {
    this.#calls += 1;
    return this.#calls % LOOK_EVERY === 0 && performance.now() - this.#since > SLICE_MS;
  }

  /** @throws the signal's reason once it is aborted */
  async rest(): Promise<void> {
    this.#signal?.throwIfAborted();
    await giveWay();
    this.#since = performance.now();
  }
}
