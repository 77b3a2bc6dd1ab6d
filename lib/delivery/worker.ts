import { StoreError } from '../store/errors.ts';
import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import type { Settlement } from '../store/settlement.ts';
import { backoff } from './backoff.ts';
import { verdict } from './verdict.ts';

export type Lost = { readonly lines: number; readonly quantity: string; readonly records: number };

export type WorkerOptions<Result extends Settlement> = {
  readonly store: Store;
  readonly queue: string;
  /** Names this worker in leases. */
  readonly owner: string;
  /** Does the job; what it returns is settled in one transaction. */
  readonly handle: (job: ClaimedJob, signal: AbortSignal) => Promise<Result>;
  /** What a job that is given up had to do, for its run's totals. */
  readonly lost: (job: ClaimedJob) => Lost;
  readonly onSettled?: (job: ClaimedJob, result: Result) => void;
  /** A try failed; `buried` when it was the last one. */
  readonly onFailed?: (job: ClaimedJob, error: Error, buried: boolean) => void;
  /** The store itself failed; the worker goes on trying. */
  readonly onTrouble?: (error: Error) => void;
  readonly concurrency?: number;
  readonly leaseSeconds?: number;
};

export type Worker = {
  /** Looks for work now instead of at the next poll. */
  nudge(): void;
  /** Takes no more work, and waits for what is under way. */
  stop(): Promise<void>;
};

const POLL_MILLISECONDS = 5_000;

/** Works off a queue until it is stopped. A lease is kept alive while its job is under way. */
export function startWorker<Result extends Settlement>(options: WorkerOptions<Result>): Worker {
  const { store, queue, owner, concurrency = 2, leaseSeconds = 60 } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let wake = () => {};

  const work = async (job: ClaimedJob): Promise<void> => {
    const beat = setInterval(
      () => {
        store.jobs.heartbeat(job.lease, leaseSeconds).catch(() => undefined);
      },
      (leaseSeconds * 1000) / 3,
    );
    try {
      const result = await options.handle(job, stopping.signal);
      await store.jobs.succeed(job.lease, result);
      options.onSettled?.(job, result);
    } catch (error) {
      await fail(job, error as Error);
    } finally {
      clearInterval(beat);
    }
  };

  const fail = async (job: ClaimedJob, error: Error): Promise<void> => {
    // Another worker took the job over: what happens to it is that one's business.
    if (error instanceof StoreError && error.code === 'stale-lease') return;
    const decided = verdict(error, job.attempt, job.maxAttempts);
    try {
      if (decided === 'bury') await store.jobs.bury(job.lease, error.message, options.lost(job));
      else
        await store.jobs.retry(job.lease, {
          error: error.message,
          delayMs: backoff(job.attempt),
          countAttempt: decided === 'retry',
        });
      options.onFailed?.(job, error, decided === 'bury');
    } catch (trouble) {
      // The lease runs out by itself, and the job is claimed again.
      options.onTrouble?.(trouble as Error);
    }
  };

  const rest = async (): Promise<void> => {
    const due = await store.jobs.dueIn(queue).catch(() => undefined);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(20, Math.min(POLL_MILLISECONDS, due ?? POLL_MILLISECONDS)));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const claimed = await store.jobs.claim(queue, { owner, leaseSeconds, limit: concurrency - running.size });
        for (const job of claimed) {
          const doing = work(job).finally(() => {
            running.delete(doing);
            wake();
          });
          running.add(doing);
        }
        if (running.size < concurrency && claimed.length > 0) continue;
      } catch (error) {
        options.onTrouble?.(error as Error);
      }
      if (running.size >= concurrency) await Promise.race(running);
      else if (!stopping.signal.aborted) await rest();
    }
  };

  const looping = loop();
  return {
    nudge: () => wake(),
    async stop() {
      stopping.abort();
      wake();
      await looping;
      await Promise.all(running);
    },
  };
}
