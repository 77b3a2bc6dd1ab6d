import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../store/errors.ts';
import type { ClaimedJob } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import type { Settlement } from '../store/settlement.ts';
import { backoff } from './backoff.ts';
import type { Breaker } from './breaker.ts';
import { CalledOff, cutOffTooOften, verdict } from './verdict.ts';

/** A worker's hold on a job while it is at work on it. */
export type Hold = {
  /** Aborted when the worker stops, or when another one has taken the job over. */
  readonly signal: AbortSignal;
  /**
   * Makes sure that the job is still this worker's; called before anything is sent that changes Odoo. A process that was
   * frozen for longer than its lease finds out here. Throws CalledOff.
   */
  readonly confirm: () => Promise<void>;
};

export type WorkerOptions<Result extends Settlement> = {
  readonly store: Store;
  readonly queue: string;
  /** Names this worker in leases. */
  readonly owner: string;
  /**
   * Does the job; what it returns is settled in one transaction. When the hold's signal is aborted, it stops between two
   * calls and throws CalledOff.
   */
  readonly handle: (job: ClaimedJob, hold: Hold) => Promise<Result>;
  /** What is settled of a job that is given up after its last try failed so; without it the job as a whole is a dead letter. */
  readonly giveUp?: (job: ClaimedJob, error: Error) => Promise<Result>;
  readonly onSettled?: (job: ClaimedJob, result: Result) => void;
  /** A try failed; `buried` when it was the last one. */
  readonly onFailed?: (job: ClaimedJob, error: Error, buried: boolean) => void;
  /** Of the server that the jobs are for: while it is open, none is begun. */
  readonly breaker?: Breaker;
  /** The server is left alone for so many milliseconds. */
  readonly onPaused?: (milliseconds: number) => void;
  /** It answers again, whoever found it out. */
  readonly onResumed?: () => void;
  /** The store itself failed; the worker goes on trying. */
  readonly onTrouble?: (error: Error) => void;
  readonly onRecovered?: () => void;
  /**
   * Jobs at a time. One is at work alone, whichever instance it is of: two jobs of the queue may write the same record.
   * More than one only where they do not.
   */
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
  const { store, queue, owner, concurrency = 1, leaseSeconds = 60 } = options;
  const exclusive = concurrency === 1;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  /** Set by whatever may have made work since it was last looked for; `wake` ends the rest that is under way. */
  let nudged = false;
  let wake = () => {};
  const nudge = () => {
    nudged = true;
    wake();
  };

  const work = async (job: ClaimedJob, claimedAt: number): Promise<void> => {
    const takenOver = new AbortController();
    /** Until when nobody else can have claimed the job, with room to spare; ms since 1970. */
    let certain = claimedAt + (leaseSeconds * 1000) / 2;
    const renew = async (): Promise<void> => {
      const now = Date.now();
      await store.jobs.heartbeat(job.lease, leaseSeconds);
      certain = now + (leaseSeconds * 1000) / 2;
    };
    const beat = setInterval(
      () => {
        renew().catch((error: unknown) => {
          if (isStale(error)) takenOver.abort();
        });
      },
      (leaseSeconds * 1000) / 3,
    );
    const confirm = async (): Promise<void> => {
      if (Date.now() >= certain)
        await renew().catch((error: unknown) => {
          if (!isStale(error)) throw error;
          takenOver.abort();
        });
      if (takenOver.signal.aborted) throw new CalledOff();
    };
    try {
      const cutOff = cutOffTooOften(job);
      if (cutOff) throw cutOff;
      const result = await options.handle(job, { signal: AbortSignal.any([stopping.signal, takenOver.signal]), confirm });
      await store.jobs.succeed(job.lease, result);
      clearInterval(beat);
      options.onSettled?.(job, result);
      await options.breaker?.succeeded();
    } catch (error) {
      await fail(job, error as Error);
    } finally {
      clearInterval(beat);
    }
  };

  const fail = async (job: ClaimedJob, error: Error): Promise<void> => {
    // Another worker took the job over: what happens to it is that one's business.
    if (isStale(error)) return;
    await options.breaker?.failed(error).catch(() => undefined);
    const { bury, countAttempt, delayMs } = verdict(error, { ...job, claims: job.lease.token });
    try {
      const givenUp = bury ? await options.giveUp?.(job, error) : undefined;
      if (bury) await store.jobs.bury(job.lease, error.message, givenUp);
      else
        await store.jobs.retry(job.lease, {
          ...(stopping.signal.aborted && delayMs === 0 ? {} : { error: error.message }),
          delayMs,
          countAttempt,
        });
      options.onFailed?.(job, error, bury);
      if (givenUp) options.onSettled?.(job, givenUp);
    } catch (trouble) {
      // The lease runs out by itself, and the job is claimed again.
      if (!isStale(trouble)) options.onTrouble?.(trouble as Error);
    }
  };

  /** Waits until a job is due, or until a nudge; not at all when there was one since work was last looked for. */
  const rest = async (longest: number): Promise<void> => {
    const due = await store.jobs.dueIn(queue, exclusive).catch(() => undefined);
    if (nudged || stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(20, Math.min(longest, due ?? longest)));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };

  /** Milliseconds for which the server is left alone; asked only when there is a job for it, which finds out how it is. */
  const serverPause = async (): Promise<number> => {
    if (!options.breaker || running.size >= concurrency) return 0;
    return (await store.jobs.dueIn(queue, exclusive)) === 0 ? options.breaker.wait() : 0;
  };

  /** Claims what there is room for; true when there may be more. */
  const claimSome = async (): Promise<boolean> => {
    const room = concurrency - running.size;
    const claimedAt = Date.now();
    const claimed = await store.jobs.claim(queue, { owner, leaseSeconds, limit: room, exclusive });
    // What was due was not to be had after all; whoever gets the next one finds out how the server is.
    if (claimed.length === 0) await options.breaker?.failed(new CalledOff());
    for (const job of claimed) {
      const doing = work(job, claimedAt).finally(() => {
        running.delete(doing);
        nudge();
      });
      running.add(doing);
    }
    return claimed.length > 0 && running.size < concurrency;
  };

  const loop = async (): Promise<void> => {
    let troubles = 0;
    let paused = false;
    while (!stopping.signal.aborted) {
      nudged = false;
      try {
        const pausedFor = await serverPause();
        if (pausedFor > 0) {
          paused = true;
          options.onPaused?.(pausedFor);
          await pause(Math.min(POLL_MILLISECONDS, pausedFor));
          continue;
        }
        if (paused && !(await options.breaker?.state())) {
          paused = false;
          options.onResumed?.();
        }
        if (await claimSome()) continue;
        if (troubles > 0) options.onRecovered?.();
        troubles = 0;
      } catch (error) {
        options.onTrouble?.(error as Error);
        await pause(Math.min(POLL_MILLISECONDS, backoff(++troubles)));
        continue;
      }
      if (running.size >= concurrency) await Promise.race(running);
      else await rest(POLL_MILLISECONDS);
    }
  };

  const pause = (milliseconds: number): Promise<void> =>
    sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);

  const looping = loop();
  return {
    nudge,
    async stop() {
      stopping.abort();
      wake();
      await looping;
      await Promise.all(running);
    },
  };
}

function isStale(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'stale-lease';
}
