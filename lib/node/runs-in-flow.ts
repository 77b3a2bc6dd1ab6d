import type { Lease } from '../canonical/envelope.ts';

/** How an event came through the flow: nodes have taken it over and none has it in hand any more, or one of them failed. */
export type Passage = 'taken-over' | Error;

/** What the node that emitted a run or event sees of it. */
export type Watch = {
  /** Whether it went on since this was last asked, or one of our nodes is at work on it. */
  moved(): boolean;
  /** Settles when no node has the event in hand any more and something came of it. */
  readonly passed: Promise<Passage>;
  /** Settles when the run was released, or given back, or went on under another lease. */
  readonly settled: Promise<void>;
  end(): void;
};

type Id = Pick<Lease, 'job' | 'token'>;

/** The runs and events that are on their way through the flow of this process, by the lease that their messages carry. */
export type RunsInFlow = {
  watch(lease: Id): Watch;
  /** A message of it is on its way to a node, or in its hand; what is returned is called when the node is done with it. */
  take(lease: Id): () => void;
  /** One of our nodes is at work on it, however long that takes; what is returned is called when it is done. */
  work(lease: Id): () => void;
  /** A node has durably taken over what the message is about; `mended` where the message came from a Catch node. */
  taken(lease: Id, mended?: boolean): void;
  /** A node has failed with a message of it. */
  failed(lease: Id, error: Error): void;
  /** The lease is no longer anybody's: the run was released or given back. */
  settle(lease: Id): void;
  /** Calls back each time that a run is released or something replayed, so that it is begun at once. Returns what ends it. */
  onRelease(listener: () => void): () => void;
  released(): void;
};

type Entry = {
  inHand: number;
  atWork: number;
  moved: boolean;
  taken: boolean;
  failure: Error | undefined;
  settle: () => void;
  pass: (passage: Passage) => void;
};

/** Some nodes say that they are done with a message just before they send the next one. */
const BETWEEN_MESSAGES_MILLISECONDS = 100;

export function runsInFlow(): RunsInFlow {
  const entries = new Map<string, Entry>();
  const listeners = new Set<() => void>();
  const keyOf = ({ job, token }: Id) => `${job}/${token}`;

  const passIfThrough = (entry: Entry): void => {
    if (entry.inHand > 0) return;
    if (entry.failure) entry.pass(entry.failure);
    else if (entry.taken) entry.pass('taken-over');
  };

  return {
    watch(lease) {
      const settled = Promise.withResolvers<void>();
      const passed = Promise.withResolvers<Passage>();
      const entry: Entry = {
        inHand: 0,
        atWork: 0,
        moved: true,
        taken: false,
        failure: undefined,
        settle: settled.resolve,
        pass: passed.resolve,
      };
      entries.set(keyOf(lease), entry);
      return {
        settled: settled.promise,
        passed: passed.promise,
        moved() {
          const moved = entry.moved || entry.atWork > 0;
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
      entry.moved = true;
      return () => {
        entry.inHand--;
        entry.moved = true;
        if (entry.inHand === 0) setTimeout(passIfThrough, BETWEEN_MESSAGES_MILLISECONDS, entry);
      };
    },
    work(lease) {
      const entry = entries.get(keyOf(lease));
      if (!entry) return () => {};
      entry.atWork++;
      return () => {
        entry.atWork--;
        entry.moved = true;
      };
    },
    taken(lease, mended = false) {
      const entry = entries.get(keyOf(lease));
      if (!entry) return;
      entry.taken = true;
      if (mended) entry.failure = undefined;
    },
    failed(lease, error) {
      const entry = entries.get(keyOf(lease));
      if (entry) entry.failure ??= error;
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
