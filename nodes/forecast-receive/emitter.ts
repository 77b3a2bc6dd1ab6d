import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextRun, type RunPart } from '../../lib/intake/emission.ts';
import type { Store } from '../../lib/store/open.ts';

export type EmitterOptions = {
  readonly store: Promise<Store>;
  readonly queue: string;
  readonly leaseSeconds: number;
  readonly emit: (part: RunPart) => void;
  readonly onTrouble: (error: Error) => void;
};

export type Emitter = { nudge(): void; stop(): Promise<void> };

const POLL_MILLISECONDS = 5_000;

/** Sends accepted runs into the flow, one after the other, until it is stopped; looks for due ones at an interval. */
export function startEmitter({ store, queue, leaseSeconds, emit, onTrouble }: EmitterOptions): Emitter {
  const owner = `${hostname()}:${process.pid}`;
  const stopping = new AbortController();
  let resting = new AbortController();

  const loop = async (): Promise<void> => {
    const opened = await store;
    while (!stopping.signal.aborted) {
      resting = new AbortController();
      let troubled = false;
      try {
        for (
          let run = await nextRun(opened, { queue, owner, leaseSeconds });
          run;
          run = await nextRun(opened, { queue, owner, leaseSeconds })
        ) {
          for await (const part of run) emit(part);
          if (stopping.signal.aborted) return;
        }
      } catch (error) {
        troubled = true;
        onTrouble(error as Error);
      }
      // A store that can be read but not written, such as on a full disk, would otherwise be asked twenty times a second.
      const due = troubled ? undefined : await opened.jobs.dueIn(queue).catch(() => undefined);
      const wait = Math.max(50, Math.min(POLL_MILLISECONDS, due ?? POLL_MILLISECONDS));
      await sleep(wait, undefined, { signal: AbortSignal.any([stopping.signal, resting.signal]) }).catch(() => undefined);
    }
  };

  const running = loop().catch(onTrouble);
  return {
    nudge: () => resting.abort(),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
