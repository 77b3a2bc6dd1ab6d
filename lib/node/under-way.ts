/** Work that still needs what a config node holds open. */
export type UnderWay = {
  /** Notes work; the config node stays open until it has settled, whichever way. */
  keepFor(work: Promise<unknown>): void;
  /** Settles when nothing is under way any more. */
  ended(): Promise<void>;
};

/**
 * Counts what is under way for a config node. Node-RED starts all close handlers together, so a config node that closed
 * at once would take the database or the connection from under the nodes that are just finishing.
 */
export function underWay(): UnderWay {
  const works = new Set<Promise<unknown>>();
  return {
    keepFor(work) {
      const noted: Promise<unknown> = work.then(
        () => works.delete(noted),
        () => works.delete(noted),
      );
      works.add(noted);
    },
    async ended() {
      while (works.size > 0) await Promise.all(works);
    },
  };
}
