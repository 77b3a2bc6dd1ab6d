import type { Lease } from '../canonical/envelope.ts';

/** What the node that emitted a run sees of it. */
export type Watch = {
  /** Whether a node has had a message of the run in hand since this was last asked. */
  moved(): boolean;
  /** Settles when a node has taken an event over durably and none has it in hand any more. */
  readonly takenOver: Promise<void>;
  /** Settles when the run was released, or given back, or went on under another lease. */
  readonly settled: Promise<void>;
  end(): void;
};

/**
 * The runs and events that are on their way through the flow of this process, by the lease that their messages carry. The node that
 * emitted a run keeps its lease for as long as the other nodes are at work on it, and they tell it when they are done.
 */
export type RunsInFlow = {
  watch(lease: Pick<Lease, 'job' | 'token'>): Watch;
  /** A node takes a message of the run in hand; what it returns is called when the node is done with it. */
  take(lease: Lease): () => void;
  /** A node has durably taken over what the message is about. */
  taken(lease: Lease): void;
  /** The lease is no longer anybody's: the run was released or given back. */
  settle(lease: Lease): void;
  /** Calls back each time that a run is released or something replayed, so that it is begun at once. Returns what ends it. */
  onRelease(listener: () => void): () => void;
  released(): void;
};

type Entry = { inHand: number; moved: boolean; taken: boolean; settle: () => void; takenOver: () => void };

/** As long as a message takes from one node to the next, core nodes in between included. */
const BETWEEN_NODES_MILLISECONDS = 100;

export function runsInFlow(): RunsInFlow {
  const entries = new Map<string, Entry>();
  const listeners = new Set<() => void>();
  const keyOf = ({ job, token }: Pick<Lease, 'job' | 'token'>) => `${job}/${token}`;
  return {
    watch(lease) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const takenOver = Promise.withResolvers<void>();
      const entry: Entry = { inHand: 0, moved: true, taken: false, settle: resolve, takenOver: takenOver.resolve };
      entries.set(keyOf(lease), entry);
      return {
        settled: promise,
        takenOver: takenOver.promise,
        moved() {
          const moved = entry.moved || entry.inHand > 0;
          entry.moved = false;
          return moved;
        },
        end: () => void entries.delete(keyOf(lease)),
      };
    },
    take(lease) {
      const entry = entries.get(keyOf(lease));
      if (!entry) return () => {};
      entry.inHand++;
      return () => {
        entry.inHand--;
        entry.moved = true;
        setTimeout(() => {
          if (entry.taken && entry.inHand === 0) entry.takenOver();
        }, BETWEEN_NODES_MILLISECONDS);
      };
    },
    taken(lease) {
      const entry = entries.get(keyOf(lease));
      if (entry) entry.taken = true;
    },
    settle: (lease) => entries.get(keyOf(lease))?.settle(),
    onRelease(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    released() {
      for (const listener of listeners) listener();
    },
  };
}
